-- Daily budgets by channel, as they were typed in.
-- grain: one row per day and channel
-- key:   day, action
-- units: planned_micros int64 micros
CREATE TABLE marts.budgets AS
WITH source AS (
    SELECT * FROM staging.budgets WHERE fate = 'good'
),

final AS (
    SELECT
        source.day,
        cast(actions.action AS SMALLINT) AS action,
        source.planned_micros
    FROM source
    INNER JOIN staging.actions AS actions ON source.channel = actions.channel
)

SELECT * FROM final;
