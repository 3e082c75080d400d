-- Clicks by the day of the click.
-- grain: one row per entity, day and action
-- key:   entity_key, day, action
-- units: n count
CREATE TABLE marts.clicks AS
WITH source AS (
    SELECT * FROM staging.click_events
),

final AS (
    SELECT
        entity_key,
        day,
        action,
        cast(count(*) AS INTEGER) AS n
    FROM source
    GROUP BY entity_key, day, action
)

SELECT * FROM final;
