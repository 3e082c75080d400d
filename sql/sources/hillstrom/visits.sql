-- Visits of the two weeks, e-mailed or not.
-- grain: one row per customer who visited
-- key:   user_id
-- units: ts the last day of the two weeks: the log gives no day
WITH source AS (
    SELECT
        rowid + 1 AS row_number,
        visit
    FROM source.hillstrom
),

final AS (
    SELECT
        'customer-' || row_number AS user_id,
        '2008-04-02' AS ts
    FROM source
    WHERE visit = '1'
)

SELECT * FROM final
