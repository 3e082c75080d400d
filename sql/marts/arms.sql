-- Which arm of an experiment an entity was put into, on which day.
-- grain: one row per entity and day; of several on one day the last
-- key:   entity_key, day
-- units: day, last_day days since 1970-01-01; last_day the last one with the arm, NULL where it goes on
CREATE TABLE marts.arms AS
WITH source AS (
    SELECT * FROM staging.arms WHERE fate = 'good'
),

newest AS (
    SELECT
        pseudonyms.entity_key,
        to_day(source.since) AS day,
        arg_max({ arm: source.arm, last_day: to_day(source.until - INTERVAL 1 MICROSECOND) }, source.since) AS told
    FROM source
    INNER JOIN staging.pseudonyms AS pseudonyms ON source.user_id = pseudonyms.user_id
    GROUP BY pseudonyms.entity_key, to_day(source.since)
),

final AS (
    SELECT
        entity_key,
        day,
        struct_extract(told, 'arm') AS arm,
        struct_extract(told, 'last_day') AS last_day
    FROM newest
)

SELECT * FROM final;
