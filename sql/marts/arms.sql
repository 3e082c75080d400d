-- Which arm of an experiment an entity was put into, on which day.
-- grain: one row per entity and day; of several on one day the last
-- key:   entity_key, day
-- units: day days since 1970-01-01; arm treated, random, usual or holdout
CREATE TABLE marts.arms AS
WITH source AS (
    SELECT * FROM staging.arms WHERE fate = 'good'
),

final AS (
    SELECT
        pseudonyms.entity_key,
        to_day(source.since) AS day,
        arg_max(source.arm, source.since) AS arm
    FROM source
    INNER JOIN staging.pseudonyms AS pseudonyms ON source.user_id = pseudonyms.user_id
    GROUP BY pseudonyms.entity_key, to_day(source.since)
)

SELECT * FROM final;
