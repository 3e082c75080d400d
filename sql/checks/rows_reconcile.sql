-- A good row of the log is missing from its mart, or appears there twice.
-- grain: one row per table whose counts differ
-- key:   log_table
-- units: counts
WITH of_their_channels AS (
    SELECT
        source.user_id,
        source.channel,
        to_day(source.ts) AS day
    FROM staging.opportunities AS source
    SEMI JOIN staging.lost_ads AS lost ON source.user_id = lost.user_id AND source.channel = lost.channel
    SEMI JOIN staging.actions AS actions ON source.channel = actions.channel AND actions.action > 0
    WHERE source.fate = 'good' AND source.is_eligible
),

of_lost_ads AS (
    SELECT source.*
    FROM of_their_channels AS source
    SEMI JOIN staging.lost_ads AS lost
        ON source.user_id = lost.user_id AND source.channel = lost.channel AND source.day = lost.day
),

counted AS (
    SELECT
        'impressions' AS log_table,
        (SELECT count(*) FROM staging.impressions WHERE fate = 'good') AS logged,
        (SELECT count(*) FROM marts.exposures) AS in_mart
    UNION ALL
    SELECT
        'clicks' AS log_table,
        (SELECT count(*) FROM staging.clicks WHERE fate = 'good') AS logged,
        (SELECT coalesce(sum(n), 0) FROM marts.clicks) AS in_mart
    UNION ALL
    SELECT
        'clicks on exposures' AS log_table,
        (SELECT count(*) FROM staging.clicks WHERE fate = 'good') AS logged,
        (SELECT coalesce(sum(clicks), 0) FROM marts.exposures) AS in_mart
    UNION ALL
    SELECT
        'visits' AS log_table,
        (SELECT count(*) FROM staging.visits WHERE fate = 'good') AS logged,
        (SELECT coalesce(sum(n), 0) FROM marts.visits) AS in_mart
    UNION ALL
    SELECT
        'values of outcomes' AS log_table,
        (SELECT coalesce(sum(value_micros), 0) FROM staging.outcomes WHERE fate = 'good') AS logged,
        (SELECT coalesce(sum(value_micros), 0) FROM marts.outcomes) AS in_mart
    UNION ALL
    SELECT
        'opportunities' AS log_table,
        (
            SELECT count(*) FROM staging.opportunities
            WHERE
                fate = 'good'
                AND is_eligible
                AND channel IN (SELECT actions.channel FROM staging.actions WHERE actions.action > 0)
        ) - (SELECT count(*) FROM of_lost_ads) AS logged,
        (SELECT coalesce(sum(n), 0) FROM marts.opportunities) AS in_mart
    UNION ALL
    SELECT
        'totals' AS log_table,
        (
            SELECT count(DISTINCT row(day, channel)) FROM staging.totals
            WHERE fate = 'good' AND channel IN (SELECT actions.channel FROM staging.actions)
        ) AS logged,
        (SELECT count(*) FROM marts.totals) AS in_mart
    UNION ALL
    SELECT
        'budgets' AS log_table,
        (
            SELECT count(*) FROM staging.budgets
            WHERE fate = 'good' AND channel IN (SELECT actions.channel FROM staging.actions)
        ) AS logged,
        (SELECT count(*) FROM marts.budgets) AS in_mart
    UNION ALL
    SELECT
        'experiments' AS log_table,
        (
            SELECT count(*) FROM staging.experiments
            WHERE fate = 'good' AND channel IN (SELECT actions.channel FROM staging.actions)
        ) AS logged,
        (SELECT count(*) FROM marts.experiments) AS in_mart
    UNION ALL
    SELECT
        'counts' AS log_table,
        (SELECT count(*) FROM staging.counts WHERE fate = 'good') AS logged,
        (SELECT count(*) FROM marts.counts) AS in_mart
    UNION ALL
    SELECT
        'geo' AS log_table,
        (SELECT count(*) FROM staging.geo WHERE fate = 'good') AS logged,
        (SELECT count(*) FROM marts.geo) AS in_mart
)

SELECT *
FROM counted
WHERE logged != in_mart
