-- Every row of the finished experiments on a channel's budget, with its fate.
-- grain: one row per logged row
-- key:   none; (channel, first_day, last_day, unit, multiplier) is unique among good rows
-- units: first_day, last_day days since 1970-01-01, both included; lift, standard_error margin per unit of the
--        spend it changed; multiplier budget in the test by the budget before, 0 for a holdout
-- A test that ends on the as-of date or later is not yet known.
CREATE TABLE staging.experiments AS
WITH source AS (
    SELECT * FROM raw.experiments
),

renamed AS (
    SELECT
        fault,
        to_channel(channel) AS channel,
        given(unit) AS unit,
        given(start) AS start_written,
        given("end") AS end_written,
        given(lift) AS lift_written,
        given(standard_error) AS error_written,
        given_number(multiplier) AS multiplier_written
    FROM source
),

typed AS (
    SELECT
        *,
        to_time(start_written) AS start_ts,
        to_time(end_written) AS end_ts,
        to_number(lift_written) AS lift,
        to_number(error_written) AS standard_error,
        to_number(multiplier_written) AS multiplier
    FROM renamed
),

judged AS (
    SELECT
        *,
        CASE
            WHEN fault IS NOT NULL THEN fault
            WHEN time_fault('start', start_written, start_ts) IS NOT NULL
                THEN time_fault('start', start_written, start_ts)
            WHEN time_fault('end', end_written, end_ts) IS NOT NULL
                THEN time_fault('end', end_written, end_ts)
            WHEN end_ts >= getvariable('as_of') THEN 'not_yet_known'
            WHEN end_ts < start_ts THEN 'end is before start'
            WHEN clock_fault(start_ts) IS NOT NULL THEN 'start is before 2000'
            WHEN channel IS NULL THEN 'channel is missing'
            WHEN channel = 'none' THEN 'an experiment on the channel none'
            WHEN number_fault('lift', lift_written, lift) IS NOT NULL
                THEN number_fault('lift', lift_written, lift)
            WHEN number_fault('standard_error', error_written, standard_error) IS NOT NULL
                THEN number_fault('standard_error', error_written, standard_error)
            WHEN standard_error <= 0 THEN 'standard_error is not above 0'
            WHEN
                multiplier_written IS NOT NULL
                AND number_fault('multiplier', multiplier_written, multiplier) IS NOT NULL
                THEN number_fault('multiplier', multiplier_written, multiplier)
            WHEN multiplier < 0 THEN 'multiplier is negative'
            WHEN multiplier = 1 THEN 'multiplier is 1, which changes nothing'
        END AS reason
    FROM typed
),

fated AS (
    SELECT
        *,
        CASE
            WHEN reason IS NOT NULL THEN reason
            WHEN row_number() OVER same_key = 1 THEN 'good'
            WHEN hash(standard_error, lift) = first_value(hash(standard_error, lift)) OVER same_key
                THEN 'duplicate'
            ELSE other_content('channel, days and unit')
        END AS fate
    FROM judged
    WINDOW same_key AS (
        PARTITION BY channel, to_day(start_ts), to_day(end_ts), unit, coalesce(multiplier, 0), reason
        ORDER BY standard_error, lift
    )
),

final AS (
    SELECT
        channel,
        unit,
        lift,
        standard_error,
        coalesce(multiplier, 0) AS multiplier,
        to_day(start_ts) AS first_day,
        to_day(end_ts) AS last_day,
        fate,
        CASE
            WHEN is_refused(fate)
                THEN to_json({
                    channel: channel, unit: unit, start: start_written, "end": end_written,
                    lift: lift_written, standard_error: error_written, multiplier: multiplier_written
                })
        END AS written
    FROM fated
)

SELECT * FROM final;
