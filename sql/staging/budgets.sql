-- Every row of the budgets that were typed in, with its fate.
-- grain: one row per logged row
-- key:   none; (date, channel) is unique among good rows
-- units: planned_micros int64 micros; day since 1970-01-01
-- A plan for the as-of date or later is not yet known: only what was in force can be held against what came.
CREATE TABLE staging.budgets AS
WITH source AS (
    SELECT * FROM raw.budgets
),

renamed AS (
    SELECT
        fault,
        to_channel(channel) AS channel,
        given(planned) AS planned,
        given(date) AS date_written
    FROM source
),

typed AS (
    SELECT
        *,
        to_micros(planned, getvariable('budgets_money_unit')) AS planned_micros,
        to_time(date_written) AS ts
    FROM renamed
),

judged AS (
    SELECT
        *,
        CASE
            WHEN fault IS NOT NULL THEN fault
            WHEN time_fault('date', date_written, ts) IS NOT NULL THEN time_fault('date', date_written, ts)
            WHEN ts >= getvariable('as_of') THEN 'not_yet_known'
            WHEN clock_fault(ts) IS NOT NULL THEN 'date is before 2000'
            WHEN channel IS NULL THEN 'channel is missing'
            WHEN channel = 'none' THEN 'a budget for the channel none'
            WHEN money_fault('planned', planned, planned_micros) IS NOT NULL
                THEN money_fault('planned', planned, planned_micros)
            WHEN planned_micros < 0 THEN 'planned is negative'
        END AS reason
    FROM typed
),

fated AS (
    SELECT
        *,
        CASE
            WHEN reason IS NOT NULL THEN reason
            WHEN row_number() OVER same_key = 1 THEN 'good'
            WHEN hash(planned_micros) = first_value(hash(planned_micros)) OVER same_key
                THEN 'duplicate'
            ELSE other_content('date and channel')
        END AS fate
    FROM judged
    WINDOW same_key AS (
        PARTITION BY to_day(ts), channel, reason
        ORDER BY planned_micros
    )
),

final AS (
    SELECT
        channel,
        planned_micros,
        to_day(ts) AS day,
        fate,
        CASE
            WHEN is_refused(fate)
                THEN to_json({ date: date_written, channel: channel, planned: planned })
        END AS written
    FROM fated
)

SELECT * FROM final;
