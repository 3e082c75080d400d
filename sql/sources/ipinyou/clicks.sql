-- Clicks on won auctions.
-- grain: one row per logged click
-- key:   click_id: the auction, whose second click is the same
-- units: ts instant
WITH source AS (
    SELECT * FROM source.clk
),

final AS (
    SELECT
        bid_id || '|' || timestamp AS click_id,
        bid_id AS impression_id,
        coalesce(
            cast(try_strptime(left(timestamp, 14), '%Y%m%d%H%M%S') AS VARCHAR) || '+08', timestamp
        ) AS ts
    FROM source
)

SELECT * FROM final
