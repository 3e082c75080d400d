-- How much money good rows hold, and how much rows refused for each reason speak of.
-- grain: one row per table, money column and reason; reason NULL for the good rows
-- key:   log_table, money_column, reason
-- units: n rows; micros without sign, of refused rows as far as it can be guessed
WITH good AS (
    SELECT
        'impressions' AS log_table,
        'cost' AS money_column,
        count(*) AS n,
        sum(abs(cost_micros)) AS micros
    FROM staging.impressions
    WHERE fate = 'good'
    UNION ALL
    SELECT
        'clicks' AS log_table,
        'cost' AS money_column,
        count(*) AS n,
        sum(abs(cost_micros)) AS micros
    FROM staging.clicks
    WHERE fate = 'good'
    UNION ALL
    SELECT
        'purchases' AS log_table,
        'revenue' AS money_column,
        count(*) AS n,
        sum(abs(revenue_micros)) AS micros
    FROM staging.purchases
    WHERE fate = 'good'
    UNION ALL
    SELECT
        'totals' AS log_table,
        'spend' AS money_column,
        count(*) AS n,
        sum(abs(spend_micros)) AS micros
    FROM staging.totals
    WHERE fate = 'good'
    UNION ALL
    SELECT
        'totals' AS log_table,
        'revenue' AS money_column,
        count(*) AS n,
        sum(abs(revenue_micros)) AS micros
    FROM staging.totals
    WHERE fate = 'good'
),

refused AS (
    SELECT
        'impressions' AS log_table,
        'cost' AS money_column,
        fate AS reason,
        written ->> 'cost' AS amount,
        getvariable('impressions_money_unit') AS unit
    FROM staging.impressions
    WHERE is_refused(fate)
    UNION ALL
    SELECT
        'clicks' AS log_table,
        'cost' AS money_column,
        fate AS reason,
        written ->> 'cost' AS amount,
        getvariable('clicks_money_unit') AS unit
    FROM staging.clicks
    WHERE is_refused(fate)
    UNION ALL
    SELECT
        'purchases' AS log_table,
        'revenue' AS money_column,
        fate AS reason,
        written ->> 'revenue' AS amount,
        getvariable('purchases_money_unit') AS unit
    FROM staging.purchases
    WHERE is_refused(fate)
    UNION ALL
    SELECT
        'totals' AS log_table,
        unnest(['spend', 'revenue']) AS money_column,
        fate AS reason,
        unnest([written ->> 'spend', written ->> 'revenue']) AS amount,
        getvariable('totals_money_unit') AS unit
    FROM staging.totals
    WHERE is_refused(fate)
),

spelled AS (
    SELECT
        *,
        regexp_replace(amount, '[^0-9.,]', '', 'g') AS marks
    FROM refused
),

rough AS (
    SELECT
        *,
        rough_number(marks) AS rough_amount
    FROM spelled
),

-- What `text_micros` reads, else what stands among signs and letters.
guessed AS (
    SELECT
        log_table,
        money_column,
        reason,
        abs(
            coalesce(
                text_micros(amount, unit),
                CASE WHEN try_cast(amount AS DOUBLE) IS NULL THEN text_micros(rough_amount, unit) END
            )
        ) AS micros
    FROM rough
),

-- A row that speaks of more than any may hold counts as a row, and its money does not.
spoken_of AS (
    SELECT
        log_table,
        money_column,
        reason,
        count(*) AS n,
        sum(micros) FILTER (WHERE micros <= 10000000000000000) AS micros
    FROM guessed
    GROUP BY log_table, money_column, reason
),

final AS (
    SELECT
        log_table,
        money_column,
        NULL AS reason,
        n,
        micros
    FROM good
    WHERE n > 0
    UNION ALL
    SELECT
        log_table,
        money_column,
        reason,
        n,
        micros
    FROM spoken_of
)

SELECT
    log_table,
    money_column,
    reason,
    cast(n AS BIGINT) AS n,
    cast(coalesce(micros, 0) AS HUGEINT) AS micros
FROM final
ORDER BY log_table, money_column, reason
