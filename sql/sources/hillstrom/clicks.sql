-- Visits of e-mailed customers as clicks. Visits of the control are visits only: nothing was there to click.
-- grain: one row per e-mailed customer who visited
-- key:   click_id
-- units: ts the last day of the two weeks: the log gives no day
WITH source AS (
    SELECT
        rowid + 1 AS row_number,
        segment,
        visit
    FROM source.hillstrom
),

final AS (
    SELECT
        'click-' || row_number AS click_id,
        'mail-' || row_number AS impression_id,
        '2008-04-02' AS ts
    FROM source
    WHERE visit = '1' AND segment != 'No E-Mail'
)

SELECT * FROM final
