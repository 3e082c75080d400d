-- Every row of the arms table with its fate: which experimental arm a user was in, since when.
-- grain: one row per logged row
-- key:   none; (user_id, since) is unique among good rows
-- units: since, until instants
CREATE TABLE staging.arms AS
WITH source AS (
    SELECT * FROM raw.arms
),

renamed AS (
    SELECT
        fault,
        given(user_id) AS user_id,
        lower(given(arm)) AS arm,
        given(since) AS since_written,
        given(until) AS until_written
    FROM source
),

typed AS (
    SELECT
        *,
        to_time(since_written) AS since,
        to_time(until_written) AS until
    FROM renamed
),

judged AS (
    SELECT
        *,
        CASE
            WHEN fault IS NOT NULL THEN fault
            WHEN time_fault('since', since_written, since) IS NOT NULL
                THEN time_fault('since', since_written, since)
            WHEN since >= getvariable('as_of') THEN 'not_yet_known'
            WHEN user_id IS NULL THEN 'user_id is missing'
            WHEN arm IS NULL THEN 'arm is missing'
            WHEN arm NOT IN ('treated', 'random', 'usual', 'holdout')
                THEN 'arm is not one of treated, random, usual, holdout'
            WHEN optional_time_fault('until', until_written, until) IS NOT NULL THEN 'until is not a time'
            WHEN until < since THEN 'until is before since'
        END AS reason
    FROM typed
),

fated AS (
    SELECT
        *,
        CASE
            WHEN reason IS NOT NULL THEN reason
            WHEN row_number() OVER same_key = 1 THEN 'good'
            WHEN hash(until, arm) = first_value(hash(until, arm)) OVER same_key
                THEN 'duplicate'
            ELSE other_content('user_id and since')
        END AS fate
    FROM judged
    WINDOW same_key AS (
        PARTITION BY user_id, since, reason
        ORDER BY until, arm
    )
),

final AS (
    SELECT
        user_id,
        arm,
        since,
        until,
        fate,
        CASE
            WHEN is_refused(fate)
                THEN to_json({ arm: arm, since: since_written, until: until_written })
        END AS written
    FROM fated
)

SELECT * FROM final;
