-- What happened on each day whatever the channel, to hold every day against the log's own past.
-- grain: one row per day with a purchase or a visit
-- key:   day
-- units: day since 1970-01-01; purchases (those not returned), visits counts; revenue_micros int64 micros;
--        median_revenue_micros that of the day's purchases, the lower of two
CREATE TABLE marts.shop_days AS
WITH bought AS (
    SELECT
        day,
        count(*) AS purchases,
        sum(revenue_micros) AS revenue_micros,
        quantile_disc(revenue_micros, 0.5) AS median_revenue_micros
    FROM staging.orders
    GROUP BY day
),

visited AS (
    SELECT
        day,
        sum(n) AS visits
    FROM marts.visits
    GROUP BY day
),

final AS (
    SELECT
        coalesce(bought.day, visited.day) AS day,
        cast(coalesce(bought.purchases, 0) AS BIGINT) AS purchases,
        cast(coalesce(bought.revenue_micros, 0) AS BIGINT) AS revenue_micros,
        cast(coalesce(bought.median_revenue_micros, 0) AS BIGINT) AS median_revenue_micros,
        cast(coalesce(visited.visits, 0) AS BIGINT) AS visits
    FROM bought
    FULL JOIN visited ON bought.day = visited.day
)

SELECT * FROM final;
