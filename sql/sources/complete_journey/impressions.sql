-- Mailings as impressions: a household got a campaign's coupon booklet, known when it was sent.
-- grain: one row per household and campaign
-- key:   impression_id
-- units: cost in currency units, the study's mailing_cost; ts the campaign's first day
WITH source AS (
    SELECT * FROM source.campaigns
),

renamed AS (
    SELECT
        source.household_id || '|' || source.campaign_id AS impression_id,
        source.household_id AS user_id,
        source.campaign_id,
        descriptions.campaign_type AS channel,
        descriptions.start_date AS ts,
        descriptions.start_date AS knowledge_ts,
        getvariable('mailing_cost') AS cost
    FROM source
    LEFT JOIN source.campaign_descriptions AS descriptions ON source.campaign_id = descriptions.campaign_id
),

final AS (
    SELECT * FROM renamed
)

SELECT * FROM final
