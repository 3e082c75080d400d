-- How much money good rows hold, and how much rows refused for each reason speak of.
-- grain: one row per table, money column and reason; reason NULL for the good rows
-- key:   log_table, money_column, reason
-- units: n rows; micros without sign, of refused rows as far as it can be guessed
WITH source AS (
    SELECT
        'impressions' AS log_table,
        'cost' AS money_column,
        fate,
        CASE
            WHEN is_refused(fate) THEN rough_micros(written ->> 'cost', getvariable('impressions_money_unit'))
            ELSE abs(cost_micros)
        END AS micros
    FROM staging.impressions
    UNION ALL
    SELECT
        'clicks' AS log_table,
        'cost' AS money_column,
        fate,
        CASE
            WHEN is_refused(fate) THEN rough_micros(written ->> 'cost', getvariable('clicks_money_unit'))
            ELSE abs(cost_micros)
        END AS micros
    FROM staging.clicks
    UNION ALL
    SELECT
        'purchases' AS log_table,
        'revenue' AS money_column,
        fate,
        CASE
            WHEN is_refused(fate) THEN rough_micros(written ->> 'revenue', getvariable('purchases_money_unit'))
            ELSE abs(revenue_micros)
        END AS micros
    FROM staging.purchases
    UNION ALL
    SELECT
        'totals' AS log_table,
        'spend' AS money_column,
        fate,
        CASE
            WHEN is_refused(fate) THEN rough_micros(written ->> 'spend', getvariable('totals_money_unit'))
            ELSE abs(spend_micros)
        END AS micros
    FROM staging.totals
    UNION ALL
    SELECT
        'totals' AS log_table,
        'revenue' AS money_column,
        fate,
        CASE
            WHEN is_refused(fate) THEN rough_micros(written ->> 'revenue', getvariable('totals_money_unit'))
            ELSE abs(revenue_micros)
        END AS micros
    FROM staging.totals
)

SELECT
    log_table,
    money_column,
    nullif(fate, 'good') AS reason,
    cast(count(*) AS BIGINT) AS n,
    cast(coalesce(sum(micros), 0) AS HUGEINT) AS micros
FROM source
WHERE fate = 'good' OR is_refused(fate)
GROUP BY log_table, money_column, fate
ORDER BY log_table, money_column, reason
