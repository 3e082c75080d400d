-- How long a purchase takes to become known: a quantile of knowledge_ts - ts.
-- grain: one row
-- key:   none
-- units: whole days, rounded up; NULL where there is no purchase
WITH delays AS (
    SELECT datediff('microsecond', ts, known_ts) AS delay_micros
    FROM staging.purchases
    WHERE fate = 'good'
)

SELECT cast(ceil(quantile_disc(delay_micros, getvariable('delay_quantile')) / 86400000000.0) AS INTEGER) AS days
FROM delays
