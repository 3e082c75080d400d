-- Finished experiments on a channel's budget.
-- grain: one row per experiment
-- key:   action, first_day, last_day, unit, multiplier (a test may have several cells)
-- units: first_day, last_day both included; lift, standard_error margin per unit of the spend it changed;
--        multiplier budget in the test by the budget before
CREATE TABLE marts.experiments AS
WITH source AS (
    SELECT * FROM staging.experiments WHERE fate = 'good'
),

final AS (
    SELECT
        cast(actions.action AS SMALLINT) AS action,
        source.first_day,
        source.last_day,
        source.unit,
        source.lift,
        source.standard_error,
        source.multiplier
    FROM source
    INNER JOIN staging.actions AS actions ON source.channel = actions.channel
)

SELECT * FROM final;
