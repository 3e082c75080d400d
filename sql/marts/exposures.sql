-- Logged decisions: what was shown (or, action 0, deliberately not shown), in order within each day.
-- grain: one row per impression
-- key:   entity_key, day, ordinal
-- units: cost_micros int64 micros, click cost included; clicks count (on any later day too); propensity probability;
--        second_of_day since midnight
CREATE TABLE marts.exposures AS
WITH source AS (
    SELECT * FROM staging.ad_events
),

clicked AS (
    SELECT
        impression_id,
        count(*) AS clicks,
        sum(cost_micros) AS cost_micros
    FROM staging.click_events
    GROUP BY impression_id
),

final AS (
    SELECT
        source.entity_key,
        source.day,
        cast(
            row_number() OVER (
                PARTITION BY source.entity_key, source.day ORDER BY source.ts, source.impression_id
            ) - 1 AS INTEGER
        ) AS ordinal,
        source.action,
        source.second_of_day,
        cast(source.cost_micros + coalesce(clicked.cost_micros, 0) AS BIGINT) AS cost_micros,
        cast(coalesce(clicked.clicks, 0) AS INTEGER) AS clicks,
        source.propensity,
        source.context
    FROM source
    LEFT JOIN clicked ON source.impression_id = clicked.impression_id
)

SELECT * FROM final;
