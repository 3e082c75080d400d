-- How much money the good rows of each table add up to.
-- grain: one row per table and money column
-- key:   of_table, of_column
-- units: micros, beyond int64 where the log says so
SELECT
    'impressions' AS of_table,
    'cost' AS of_column,
    sum(cost_micros) AS micros
FROM staging.impressions
WHERE fate = 'good'
UNION ALL
SELECT
    'clicks' AS of_table,
    'cost' AS of_column,
    sum(cost_micros) AS micros
FROM staging.clicks
WHERE fate = 'good'
UNION ALL
SELECT
    'purchases' AS of_table,
    'revenue' AS of_column,
    sum(abs(revenue_micros)) AS micros
FROM staging.purchases
WHERE fate = 'good'
UNION ALL
SELECT
    'purchases' AS of_table,
    'margin' AS of_column,
    sum(abs(margin_micros)) AS micros
FROM staging.purchases
WHERE fate = 'good'
UNION ALL
SELECT
    'outcomes' AS of_table,
    'value' AS of_column,
    sum(abs(value_micros)) AS micros
FROM staging.outcomes
WHERE fate = 'good'
UNION ALL
SELECT
    'totals' AS of_table,
    'spend' AS of_column,
    sum(spend_micros) AS micros
FROM staging.totals
WHERE fate = 'good'
UNION ALL
SELECT
    'totals' AS of_table,
    'revenue' AS of_column,
    sum(abs(revenue_micros)) AS micros
FROM staging.totals
WHERE fate = 'good'
UNION ALL
SELECT
    'budgets' AS of_table,
    'planned' AS of_column,
    sum(planned_micros) AS micros
FROM staging.budgets
WHERE fate = 'good'
ORDER BY of_table, of_column
