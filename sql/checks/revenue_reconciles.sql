-- Revenue or the number of purchases differs between the log's good rows and the bookings.
-- grain: one row if the sums differ
-- key:   none
-- units: micros and counts
WITH logged AS (
    SELECT
        count(*) AS purchases,
        coalesce(sum(revenue_micros), 0) AS revenue_micros,
        coalesce(sum(margin_micros), 0) AS margin_micros
    FROM staging.purchases
    WHERE fate = 'good' AND NOT is_returned
),

booked AS (
    SELECT
        coalesce(sum(purchases), 0) AS purchases,
        coalesce(sum(revenue_micros), 0) AS revenue_micros,
        coalesce(sum(margin_micros), 0) AS margin_micros
    FROM marts.bookings
)

SELECT
    logged.purchases AS logged_purchases,
    booked.purchases AS booked_purchases,
    logged.revenue_micros AS logged_revenue_micros,
    booked.revenue_micros AS booked_revenue_micros
FROM logged
CROSS JOIN booked
WHERE
    logged.purchases != booked.purchases
    OR logged.revenue_micros != booked.revenue_micros
    OR logged.margin_micros != booked.margin_micros
