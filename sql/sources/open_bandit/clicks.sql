-- Clicked recommendations.
-- grain: one row per clicked recommendation
-- key:   click_id
-- units: ts instant of the recommendation: the log gives a click no time of its own
WITH source AS (
    SELECT
        *,
        rowid + 1 AS row_number
    FROM source.open_bandit
),

final AS (
    SELECT
        'click-' || row_number AS click_id,
        'shown-' || row_number AS impression_id,
        timestamp AS ts
    FROM source
    WHERE try_cast(click AS DOUBLE) = 1
)

SELECT * FROM final
