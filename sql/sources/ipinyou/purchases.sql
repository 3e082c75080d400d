-- What is earned: conversions, and clicks where the study gives them a value.
-- grain: one row per auction and kind of success, at its first time
-- key:   purchase_id
-- units: revenue CNY, the study's values; ts instant
WITH source AS (
    SELECT
        'conversion' AS kind,
        getvariable('conversion_value') AS revenue,
        *
    FROM source.conv
    UNION ALL
    SELECT
        'click' AS kind,
        getvariable('click_value') AS revenue,
        *
    FROM source.clk
),

firsts AS (
    SELECT
        kind,
        bid_id,
        ipinyou_id,
        revenue,
        min(timestamp) AS timestamp
    FROM source
    WHERE revenue != 0
    GROUP BY kind, bid_id, ipinyou_id, revenue
),

final AS (
    SELECT
        kind || '|' || bid_id AS purchase_id,
        ipinyou_id AS user_id,
        revenue,
        coalesce(
            cast(try_strptime(left(timestamp, 14), '%Y%m%d%H%M%S') AS VARCHAR) || '+08', timestamp
        ) AS ts
    FROM firsts
)

SELECT * FROM final
