-- How often each channel could have been shown to an entity on a day.
-- grain: one row per entity, day and action
-- key:   entity_key, day, action
-- units: second_of_day of the day's first opportunity, since midnight; n count;
--        propensity of that first one, a probability
CREATE TABLE marts.opportunities AS
WITH source AS (
    SELECT * FROM staging.chances
),

final AS (
    SELECT
        entity_key,
        day,
        action,
        min(second_of_day) AS second_of_day,
        cast(count(*) AS INTEGER) AS n,
        arg_min_null(propensity, row(ts, opportunity_id)) AS propensity
    FROM source
    GROUP BY entity_key, day, action
)

SELECT * FROM final;
