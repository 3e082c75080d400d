-- Outcomes of the log's own by the day on which they came and the day they became known, of entities in the
-- panel.
-- grain: one row per entity, day, known day and name
-- key:   entity_key, day, known_day, name
-- units: value_micros millionths of the outcome's own unit
CREATE TABLE marts.outcomes AS
WITH source AS (
    SELECT
        pseudonyms.entity_key,
        to_day(outcomes.ts) AS day,
        to_day(outcomes.known_ts) AS known_day,
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
        known_day,
        name,
        cast(sum(value_micros) AS BIGINT) AS value_micros
    FROM source
    GROUP BY entity_key, day, known_day, name
)

SELECT * FROM final;
