-- Visits by day.
-- grain: one row per entity and day
-- key:   entity_key, day
-- units: n count
CREATE TABLE marts.visits AS
WITH source AS (
    SELECT
        pseudonyms.entity_key,
        to_day(visits.ts) AS day
    FROM staging.visits AS visits
    INNER JOIN staging.pseudonyms AS pseudonyms ON visits.user_id = pseudonyms.user_id
    WHERE visits.fate = 'good'
),

final AS (
    SELECT
        entity_key,
        day,
        cast(count(*) AS INTEGER) AS n
    FROM source
    GROUP BY entity_key, day
)

SELECT * FROM final;
