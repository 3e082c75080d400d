-- How much money good rows hold, and how much rows refused for each reason speak of, or would if they told it.
-- grain: one row per table, money column and reason; reason NULL for the good rows
-- key:   log_table, money_column, reason
-- units: n rows; micros without sign, of refused rows as far as it can be guessed; untold_micros: the mean of the
--        channel's good rows, else of the column's, for every refused row whose amount is missing or no number
WITH good AS (
    SELECT
        'impressions' AS log_table,
        'cost' AS money_column,
        channel,
        count(*) AS n,
        sum(abs(cost_micros)) AS micros
    FROM staging.impressions
    WHERE fate = 'good'
    GROUP BY channel
    UNION ALL
    SELECT
        'clicks' AS log_table,
        'cost' AS money_column,
        NULL AS channel,
        count(*) AS n,
        sum(abs(cost_micros)) AS micros
    FROM staging.clicks
    WHERE fate = 'good'
    UNION ALL
    SELECT
        'purchases' AS log_table,
        'revenue' AS money_column,
        NULL AS channel,
        count(*) AS n,
        sum(abs(revenue_micros)) AS micros
    FROM staging.purchases
    WHERE fate = 'good'
    UNION ALL
    SELECT
        'totals' AS log_table,
        unnest(['spend', 'revenue']) AS money_column,
        channel,
        count(*) AS n,
        unnest([sum(abs(spend_micros)), sum(abs(revenue_micros))]) AS micros
    FROM staging.totals
    WHERE fate = 'good'
    GROUP BY channel
),

all_good AS (
    SELECT
        log_table,
        money_column,
        sum(n) AS n,
        sum(micros) AS micros
    FROM good
    GROUP BY log_table, money_column
    HAVING sum(n) > 0
),

refused AS (
    SELECT
        'impressions' AS log_table,
        'cost' AS money_column,
        channel,
        fate AS reason,
        written ->> 'cost' AS amount,
        getvariable('impressions_money_unit') AS unit
    FROM staging.impressions
    WHERE is_refused(fate)
    UNION ALL
    SELECT
        'clicks' AS log_table,
        'cost' AS money_column,
        NULL AS channel,
        fate AS reason,
        written ->> 'cost' AS amount,
        getvariable('clicks_money_unit') AS unit
    FROM staging.clicks
    WHERE is_refused(fate)
    UNION ALL
    SELECT
        'purchases' AS log_table,
        'revenue' AS money_column,
        NULL AS channel,
        fate AS reason,
        written ->> 'revenue' AS amount,
        getvariable('purchases_money_unit') AS unit
    FROM staging.purchases
    WHERE is_refused(fate)
    UNION ALL
    SELECT
        'totals' AS log_table,
        unnest(['spend', 'revenue']) AS money_column,
        channel,
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
        channel,
        reason,
        abs(
            coalesce(
                text_micros(amount, unit),
                CASE WHEN try_cast(amount AS DOUBLE) IS NULL THEN text_micros(rough_amount, unit) END
            )
        ) AS micros,
        try_cast(amount AS DOUBLE) IS NULL AS is_no_number
    FROM rough
),

-- A row that speaks of more than any may hold counts as a row, and its money does not.
by_channel AS (
    SELECT
        log_table,
        money_column,
        channel,
        reason,
        count(*) AS n,
        count(*) FILTER (WHERE micros IS NULL AND is_no_number) AS untold,
        sum(micros) FILTER (WHERE micros <= 10000000000000000) AS micros
    FROM guessed
    GROUP BY log_table, money_column, channel, reason
),

spoken_of AS (
    SELECT
        refused.log_table,
        refused.money_column,
        refused.reason,
        sum(refused.n) AS n,
        sum(refused.micros) AS micros,
        sum(refused.untold * coalesce(good.micros // good.n, all_good.micros // all_good.n)) AS untold_micros
    FROM by_channel AS refused
    LEFT JOIN good
        ON
            refused.log_table = good.log_table
            AND refused.money_column = good.money_column
            AND refused.channel = good.channel
    LEFT JOIN all_good
        ON refused.log_table = all_good.log_table AND refused.money_column = all_good.money_column
    GROUP BY refused.log_table, refused.money_column, refused.reason
),

final AS (
    SELECT
        log_table,
        money_column,
        NULL AS reason,
        n,
        micros,
        0 AS untold_micros
    FROM all_good
    UNION ALL
    SELECT
        log_table,
        money_column,
        reason,
        n,
        micros,
        untold_micros
    FROM spoken_of
)

SELECT
    log_table,
    money_column,
    reason,
    cast(n AS BIGINT) AS n,
    cast(coalesce(micros, 0) AS HUGEINT) AS micros,
    cast(coalesce(untold_micros, 0) AS HUGEINT) AS untold_micros
FROM final
ORDER BY log_table, money_column, reason
