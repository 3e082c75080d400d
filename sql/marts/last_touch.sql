-- The last ad before the last purchase of each day that has one within the attribution window.
-- grain: one row per entity and purchase day
-- key:   entity_key, day
-- units: day since 1970-01-01
CREATE TABLE marts.last_touch AS
WITH source AS (
    SELECT * FROM staging.touches WHERE last_touch IS NOT NULL
),

final AS (
    SELECT
        entity_key,
        day,
        cast(arg_max(last_touch, row(ts, purchase_id)) AS SMALLINT) AS action
    FROM source
    GROUP BY entity_key, day
)

SELECT * FROM final;
