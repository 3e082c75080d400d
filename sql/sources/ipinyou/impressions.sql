-- Won auctions as impressions, by the exchange that sold them.
-- grain: one row per won auction
-- key:   impression_id
-- units: cost CNY: fen per thousand impressions / 100,000; ad_slot_floor_price fen per thousand; ts instant
WITH source AS (
    SELECT * FROM source.imp
),

final AS (
    SELECT
        bid_id AS impression_id,
        ipinyou_id AS user_id,
        'exchange ' || ad_exchange AS channel,
        advertiser_id AS campaign_id,
        coalesce(cast(try_cast(paying_price AS DECIMAL(18, 4)) * 0.00001 AS VARCHAR), paying_price) AS cost,
        coalesce(
            cast(try_strptime(left(timestamp, 14), '%Y%m%d%H%M%S') AS VARCHAR) || '+08', timestamp
        ) AS ts,
        region,
        ad_slot_visibility,
        ad_slot_format,
        ad_slot_floor_price
    FROM source
)

SELECT * FROM final
