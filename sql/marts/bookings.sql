-- Purchases by the day they were made and the day they became known, net of returns.
-- grain: one row per entity, day and known day
-- key:   entity_key, day, known_day
-- units: purchases count; revenue_micros, margin_micros int64 micros
CREATE TABLE marts.bookings AS
WITH source AS (
    SELECT * FROM staging.orders
),

final AS (
    SELECT
        entity_key,
        day,
        known_day,
        cast(count(*) AS INTEGER) AS purchases,
        cast(sum(revenue_micros) AS BIGINT) AS revenue_micros,
        cast(sum(margin_micros) AS BIGINT) AS margin_micros
    FROM source
    GROUP BY entity_key, day, known_day
)

SELECT * FROM final;
