-- Baskets as purchases.
-- grain: one row per basket
-- key:   purchase_id
-- units: revenue, margin in currency units; ts instant (the log's clock is UTC)
-- revenue is what the till took: sales_value, already net of the shop's own discounts. Manufacturer coupons
-- (coupon_disc) are part of it; here they count as the campaign's cost and come off the margin in full:
-- margin = margin rate x sales_value - coupon_disc. A basket with an unreadable line has no revenue and is
-- quarantined as a whole.
WITH source AS (
    SELECT * FROM source.transactions
),

renamed AS (
    SELECT
        basket_id,
        household_id,
        transaction_timestamp,
        try_cast(sales_value AS DECIMAL(18, 4)) AS sales_value,
        coalesce(try_cast(coupon_disc AS DECIMAL(18, 4)), 0) AS coupon_disc
    FROM source
),

baskets AS (
    SELECT
        basket_id,
        household_id,
        min(transaction_timestamp) AS ts,
        CASE WHEN count(*) = count(sales_value) THEN cast(sum(sales_value) AS DECIMAL(18, 4)) END AS revenue,
        cast(sum(coupon_disc) AS DECIMAL(18, 4)) AS coupon_disc
    FROM renamed
    GROUP BY basket_id, household_id
),

final AS (
    SELECT
        basket_id AS purchase_id,
        household_id AS user_id,
        revenue,
        revenue * cast(getvariable('margin_rate') AS DECIMAL(12, 9)) - coupon_disc AS margin,
        CASE WHEN try_cast(ts AS TIMESTAMP) IS NULL THEN ts ELSE ts || '+00' END AS ts
    FROM baskets
)

SELECT * FROM final
