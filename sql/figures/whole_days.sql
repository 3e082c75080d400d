-- Tables whose times are dates: every row stands at midnight, here or in Greenwich.
-- grain: one row per such table
-- key:   of_table
-- units: none
WITH moments AS (
    SELECT
        'impressions' AS of_table,
        ts
    FROM staging.impressions
    WHERE fate = 'good'
    UNION ALL
    SELECT
        'clicks' AS of_table,
        ts
    FROM staging.clicks
    WHERE fate = 'good'
    UNION ALL
    SELECT
        'opportunities' AS of_table,
        ts
    FROM staging.opportunities
    WHERE fate = 'good'
    UNION ALL
    SELECT
        'purchases' AS of_table,
        ts
    FROM staging.purchases
    WHERE fate = 'good'
    UNION ALL
    SELECT
        'visits' AS of_table,
        ts
    FROM staging.visits
    WHERE fate = 'good'
    UNION ALL
    SELECT
        'outcomes' AS of_table,
        ts
    FROM staging.outcomes
    WHERE fate = 'good'
)

SELECT of_table
FROM moments
GROUP BY of_table
-- midnight is on a whole minute everywhere: other times need not be asked for their day
HAVING
    bool_and(CASE WHEN epoch_us(ts) % 60000000 = 0 THEN ts = cast(cast(ts AS DATE) AS TIMESTAMPTZ) ELSE FALSE END)
    OR bool_and(epoch_us(ts) % 86400000000 = 0)
ORDER BY of_table
