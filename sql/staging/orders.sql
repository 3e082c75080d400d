-- Good purchases that were not returned, with pseudonym and days.
-- grain: one row per purchase or refund
-- key:   none; a refund may share its order's purchase_id
-- units: ts instant; day, known_day since 1970-01-01; revenue_micros, margin_micros int64 micros
CREATE TABLE staging.orders AS
WITH source AS (
    SELECT * FROM staging.purchases WHERE fate = 'good' AND NOT is_returned
),

final AS (
    SELECT
        pseudonyms.entity_key,
        source.purchase_id,
        source.ts,
        to_day(source.ts) AS day,
        to_day(source.known_ts) AS known_day,
        source.revenue_micros,
        source.margin_micros
    FROM source
    INNER JOIN staging.pseudonyms AS pseudonyms ON source.user_id = pseudonyms.user_id
)

SELECT * FROM final;
