-- Clicked displays as clicks; the log gives a click no time of its own.
-- grain: one row per clicked display
-- key:   click_id
-- units: ts instant of the display
WITH source AS (
    SELECT
        *,
        rowid + 1 AS row_number
    FROM source.criteo
),

final AS (
    SELECT
        'click-' || row_number AS click_id,
        'display-' || row_number AS impression_id,
        coalesce(
            cast(TIMESTAMP '2017-01-02' + to_seconds(try_cast(try_cast(timestamp AS DOUBLE) AS BIGINT)) AS VARCHAR)
            || '+00',
            timestamp
        ) AS ts
    FROM source
    WHERE try_cast(click AS DOUBLE) = 1
)

SELECT * FROM final
