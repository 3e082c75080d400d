-- Coupon redemptions as clicks on the mailing that brought the coupon.
-- grain: one row per household, campaign, coupon and day
-- key:   click_id
-- units: ts day of redemption
WITH source AS (
    SELECT * FROM source.coupon_redemptions
),

renamed AS (
    SELECT
        household_id || '|' || campaign_id || '|' || coupon_upc || '|' || redemption_date AS click_id,
        household_id || '|' || campaign_id AS impression_id,
        redemption_date AS ts
    FROM source
),

final AS (
    SELECT * FROM renamed
)

SELECT * FROM final
