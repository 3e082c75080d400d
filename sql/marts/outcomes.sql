-- Outcomes of the log's own by the day on which they came, of entities in the panel.
-- grain: one row per entity, day and name
-- key:   entity_key, day, name
-- units: value_micros millionths of the outcome's own unit
CREATE TABLE marts.outcomes AS
WITH source AS (
    SELECT
        pseudonyms.entity_key,
        to_day(outcomes.ts) AS day,
        outcomes.name,
        outcomes.value_micros
    FROM staging.outcomes AS outcomes
    INNER JOIN staging.pseudonyms AS pseudonyms ON outcomes.user_id = pseudonyms.user_id
    WHERE outcomes.fate = 'good'
),

final AS (
    SELECT
        entity_key,
        day,
        name,
        cast(sum(value_micros) AS BIGINT) AS value_micros
    FROM source
    GROUP BY entity_key, day, name
)

SELECT * FROM final;
