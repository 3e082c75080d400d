-- Every campaign launch as an opportunity of every known household: the retailer decides for all of them.
-- grain: one row per household, launch day and campaign type
-- key:   opportunity_id
-- units: ts launch day
WITH source AS (
    SELECT DISTINCT
        campaign_type,
        start_date
    FROM source.campaign_descriptions
),

households AS (
    SELECT household_id FROM source.campaigns
    UNION
    SELECT household_id FROM source.transactions
    UNION
    SELECT household_id FROM source.demographics
    UNION
    SELECT household_id FROM source.coupon_redemptions
),

final AS (
    SELECT
        households.household_id || '|' || source.campaign_type || '|' || source.start_date AS opportunity_id,
        households.household_id AS user_id,
        source.campaign_type AS channel,
        source.start_date AS ts
    FROM source
    CROSS JOIN households
    WHERE households.household_id IS NOT NULL
)

SELECT * FROM final
