-- What is earned: a click is worth 1. The log knows no orders.
-- grain: one row per clicked recommendation
-- key:   purchase_id
-- units: revenue in clicks; ts instant of the recommendation
-- Text that is no number is passed on, so that it is counted as such.
WITH source AS (
    SELECT
        *,
        rowid + 1 AS row_number
    FROM source.open_bandit
),

final AS (
    SELECT
        'click-' || row_number AS purchase_id,
        'visit-' || row_number AS user_id,
        click AS revenue,
        timestamp AS ts
    FROM source
    WHERE try_cast(click AS DOUBLE) IS NULL OR try_cast(click AS DOUBLE) != 0
)

SELECT * FROM final
