-- Spend of the two weeks as one purchase.
-- grain: one row per customer who spent something
-- key:   purchase_id
-- units: revenue in currency units; ts the last day of the two weeks: the log gives no day
-- Text that is no number is passed on, so that it is counted as such.
WITH source AS (
    SELECT
        rowid + 1 AS row_number,
        spend
    FROM source.hillstrom
),

final AS (
    SELECT
        'order-' || row_number AS purchase_id,
        'customer-' || row_number AS user_id,
        '2008-04-02' AS ts,
        spend AS revenue
    FROM source
    WHERE try_cast(spend AS DOUBLE) IS NULL OR try_cast(spend AS DOUBLE) != 0
)

SELECT * FROM final
