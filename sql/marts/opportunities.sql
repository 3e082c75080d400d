-- How often each channel could have been shown to an entity on a day.
-- grain: one row per entity, day and action
-- key:   entity_key, day, action
-- units: second_of_day of the day's first opportunity, since midnight; n count;
--        propensity of that first one, a probability
CREATE TABLE marts.opportunities AS
WITH source AS (
    SELECT * FROM staging.chances
),

counted AS (
    SELECT
        entity_key,
        day,
        action,
        min(second_of_day) AS second_of_day,
        cast(count(*) AS INTEGER) AS n,
        count(propensity) AS n_told,
        any_value(propensity) AS told
    FROM source
    GROUP BY entity_key, day, action
),

-- which was the first is asked only where one of several tells a propensity
several AS (
    SELECT * FROM counted WHERE n > 1 AND n_told > 0
),

firsts AS (
    SELECT
        source.entity_key,
        source.day,
        source.action,
        arg_min_null(source.propensity, row(source.ts, source.opportunity_id)) AS propensity
    FROM source
    SEMI JOIN several
        ON
            source.entity_key = several.entity_key
            AND source.day = several.day
            AND source.action = several.action
    GROUP BY source.entity_key, source.day, source.action
),

final AS (
    SELECT
        counted.entity_key,
        counted.day,
        counted.action,
        counted.second_of_day,
        counted.n,
        CASE WHEN counted.n = 1 THEN counted.told ELSE firsts.propensity END AS propensity
    FROM counted
    LEFT JOIN firsts
        ON
            counted.entity_key = firsts.entity_key
            AND counted.day = firsts.day
            AND counted.action = firsts.action
)

SELECT * FROM final;
