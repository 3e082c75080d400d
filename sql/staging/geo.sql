-- Every row of the outcomes per region and day, with its fate.
-- grain: one row per logged row
-- key:   none; (region, day) is unique among good rows
-- units: outcome its own unit; spend_micros int64 micros; is_treated true or false; day since 1970-01-01
CREATE TABLE staging.geo AS
WITH source AS (
    SELECT * FROM raw.geo
),

renamed AS (
    SELECT
        fault,
        given(region) AS region,
        given(outcome) AS outcome_written,
        given_number(spend) AS spend,
        given(treated) AS treated_written,
        given(day) AS day_written
    FROM source
),

typed AS (
    SELECT
        *,
        to_number(outcome_written) AS outcome,
        to_micros(spend, getvariable('geo_money_unit')) AS spend_micros,
        to_flag(treated_written) AS is_treated,
        to_time(day_written) AS ts
    FROM renamed
),

judged AS (
    SELECT
        *,
        CASE
            WHEN fault IS NOT NULL THEN fault
            WHEN time_fault('day', day_written, ts) IS NOT NULL THEN time_fault('day', day_written, ts)
            WHEN ts >= getvariable('as_of') THEN 'not_yet_known'
            WHEN clock_fault(ts) IS NOT NULL THEN 'day is before 2000'
            WHEN region IS NULL THEN 'region is missing'
            WHEN number_fault('outcome', outcome_written, outcome) IS NOT NULL
                THEN number_fault('outcome', outcome_written, outcome)
            WHEN optional_money_fault('spend', spend, spend_micros) IS NOT NULL
                THEN optional_money_fault('spend', spend, spend_micros)
            WHEN spend_micros < 0 THEN 'spend is negative'
            WHEN treated_written IS NOT NULL AND is_treated IS NULL THEN 'treated is neither true nor false'
        END AS reason
    FROM typed
),

fated AS (
    SELECT
        *,
        CASE
            WHEN reason IS NOT NULL THEN reason
            WHEN row_number() OVER same_key = 1 THEN 'good'
            WHEN
                hash(outcome, spend_micros, is_treated)
                = first_value(hash(outcome, spend_micros, is_treated)) OVER same_key
                THEN 'duplicate'
            ELSE other_content('region and day')
        END AS fate
    FROM judged
    WINDOW same_key AS (
        PARTITION BY region, to_day(ts), reason
        ORDER BY outcome, spend_micros, is_treated
    )
),

final AS (
    SELECT
        region,
        outcome,
        spend_micros,
        is_treated,
        to_day(ts) AS day,
        fate,
        CASE
            WHEN is_refused(fate)
                THEN to_json({
                    region: region, day: day_written, outcome: outcome_written, spend: spend, treated: treated_written
                })
        END AS written
    FROM fated
)

SELECT * FROM final;
