-- A mart has two rows with one key, or a row without a key.
-- grain: one row per mart with a broken key
-- key:   mart
-- units: counts
-- Exposures have to be in order, too: each one's key above that of the row before.
WITH exposures AS (
    SELECT
        *,
        coalesce(row(entity_key, day, ordinal) > lag(row(entity_key, day, ordinal)) OVER (), TRUE) AS is_above
    FROM marts.exposures
),

counted AS (
    SELECT
        'exposures' AS mart,
        count(*) AS total,
        count(*) FILTER (WHERE is_above) AS keys,
        count(*) FILTER (WHERE entity_key IS NULL OR day IS NULL OR action IS NULL) AS missing
    FROM exposures
    UNION ALL
    SELECT
        'entities' AS mart,
        count(*) AS total,
        count(DISTINCT entity_key) AS keys,
        count(*) FILTER (WHERE entity_key IS NULL OR entry_day IS NULL OR last_day < entry_day) AS missing
    FROM marts.entities
    UNION ALL
    SELECT
        'outcomes' AS mart,
        count(*) AS total,
        count(DISTINCT row(entity_key, day, known_day, name)) AS keys,
        count(*) FILTER (WHERE entity_key IS NULL OR day IS NULL OR name IS NULL) AS missing
    FROM marts.outcomes
    UNION ALL
    SELECT
        'arms' AS mart,
        count(*) AS total,
        count(DISTINCT row(entity_key, day)) AS keys,
        count(*) FILTER (WHERE entity_key IS NULL OR day IS NULL OR arm IS NULL) AS missing
    FROM marts.arms
    UNION ALL
    SELECT
        'totals' AS mart,
        count(*) AS total,
        count(DISTINCT row(day, action)) AS keys,
        count(*) FILTER (WHERE day IS NULL OR action IS NULL) AS missing
    FROM marts.totals
    UNION ALL
    SELECT
        'budgets' AS mart,
        count(*) AS total,
        count(DISTINCT row(day, action)) AS keys,
        count(*) FILTER (WHERE day IS NULL OR action IS NULL) AS missing
    FROM marts.budgets
    UNION ALL
    SELECT
        'experiments' AS mart,
        count(*) AS total,
        count(DISTINCT row(action, first_day, last_day, unit, multiplier)) AS keys,
        count(*) FILTER (
            WHERE action IS NULL OR first_day IS NULL OR last_day IS NULL OR multiplier IS NULL
        ) AS missing
    FROM marts.experiments
    UNION ALL
    SELECT
        'counts' AS mart,
        count(*) AS total,
        count(DISTINCT row(test, day, arm)) AS keys,
        count(*) FILTER (WHERE arm IS NULL OR n IS NULL) AS missing
    FROM marts.counts
    UNION ALL
    SELECT
        'geo' AS mart,
        count(*) AS total,
        count(DISTINCT row(region, day)) AS keys,
        count(*) FILTER (WHERE region IS NULL OR day IS NULL OR outcome IS NULL) AS missing
    FROM marts.geo
)

SELECT *
FROM counted
WHERE total != keys OR missing > 0
