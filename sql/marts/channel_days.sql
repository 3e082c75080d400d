-- What each channel did on each day, to hold every day against the log's own past.
-- grain: one row per day and channel with anything on it
-- key:   day, action
-- units: day since 1970-01-01; impressions, paid_impressions (those that cost something), opportunities, clicks
--        (by the day of the click) counts; cost_micros int64 micros, click cost included
-- Where the log has daily totals only, their figures stand here; paid_impressions and opportunities are 0.
CREATE TABLE marts.channel_days AS
WITH shown AS (
    SELECT
        day,
        action,
        count(*) AS impressions,
        count(*) FILTER (WHERE cost_micros > 0) AS paid_impressions,
        sum(cost_micros) AS cost_micros
    FROM marts.exposures
    WHERE action > 0
    GROUP BY day, action
    UNION ALL
    SELECT
        day,
        action,
        coalesce(impressions, 0) AS impressions,
        0 AS paid_impressions,
        cost_micros
    FROM marts.totals
    WHERE action > 0 AND NOT EXISTS (SELECT 1 FROM marts.exposures)
),

possible AS (
    SELECT
        day,
        action,
        sum(n) AS opportunities
    FROM marts.opportunities
    GROUP BY day, action
),

clicked AS (
    SELECT
        day,
        action,
        sum(n) AS clicks
    FROM marts.clicks
    WHERE action > 0
    GROUP BY day, action
),

keys AS (
    SELECT
        day,
        action
    FROM shown
    UNION
    SELECT
        day,
        action
    FROM possible
    UNION
    SELECT
        day,
        action
    FROM clicked
),

final AS (
    SELECT
        keys.day,
        cast(keys.action AS SMALLINT) AS action,
        cast(coalesce(shown.impressions, 0) AS BIGINT) AS impressions,
        cast(coalesce(shown.paid_impressions, 0) AS BIGINT) AS paid_impressions,
        cast(coalesce(shown.cost_micros, 0) AS BIGINT) AS cost_micros,
        cast(coalesce(possible.opportunities, 0) AS BIGINT) AS opportunities,
        cast(coalesce(clicked.clicks, 0) AS BIGINT) AS clicks
    FROM keys
    LEFT JOIN shown ON keys.day = shown.day AND keys.action = shown.action
    LEFT JOIN possible ON keys.day = possible.day AND keys.action = possible.action
    LEFT JOIN clicked ON keys.day = clicked.day AND keys.action = clicked.action
)

SELECT * FROM final;
