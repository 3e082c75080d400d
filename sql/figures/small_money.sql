-- Amounts that are not 0, and those of them that have become 0 in micros.
-- grain: one row per table and money column that has any amount
-- key:   log_table, money_column
-- units: counts of good rows
WITH amounts AS (
    SELECT
        'impressions' AS log_table,
        'cost' AS money_column,
        cost_micros AS micros,
        is_too_small
    FROM staging.impressions
    WHERE fate = 'good'
    UNION ALL
    SELECT
        'clicks' AS log_table,
        'cost' AS money_column,
        cost_micros AS micros,
        is_too_small
    FROM staging.clicks
    WHERE fate = 'good'
    UNION ALL
    SELECT
        'purchases' AS log_table,
        'revenue' AS money_column,
        revenue_micros AS micros,
        is_too_small
    FROM staging.purchases
    WHERE fate = 'good'
    UNION ALL
    SELECT
        'totals' AS log_table,
        'spend' AS money_column,
        spend_micros AS micros,
        is_too_small
    FROM staging.totals
    WHERE fate = 'good'
)

SELECT
    log_table,
    money_column,
    count(*) AS amounts,
    count(*) FILTER (WHERE is_too_small) AS too_small
FROM amounts
WHERE micros != 0 OR is_too_small
GROUP BY log_table, money_column
ORDER BY log_table, money_column
