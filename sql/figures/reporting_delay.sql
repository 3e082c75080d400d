-- How long a purchase or an outcome takes to become known: a quantile of knowledge_ts - ts, of the slower table.
-- grain: one row
-- key:   none
-- units: whole days, rounded up; NULL where there is none
WITH delays AS (
    SELECT
        'purchases' AS of_table,
        datediff('microsecond', ts, known_ts) AS delay_micros
    FROM staging.purchases
    WHERE fate = 'good'
    UNION ALL
    SELECT
        'outcomes' AS of_table,
        datediff('microsecond', ts, known_ts) AS delay_micros
    FROM staging.outcomes
    WHERE fate = 'good'
),

by_table AS (
    SELECT
        of_table,
        quantile_disc(delay_micros, getvariable('delay_quantile')) AS delay_micros
    FROM delays
    GROUP BY of_table
)

SELECT cast(ceil(max(delay_micros) / 86400000000.0) AS INTEGER) AS days
FROM by_table
