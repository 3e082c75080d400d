-- Every row of the users table with its fate.
-- grain: one row per logged row
-- key:   none; user_id is unique among good rows
-- units: entry_ts instant
CREATE TABLE staging.users AS
WITH source AS (
    SELECT * FROM raw.users
),

renamed AS (
    SELECT
        fault,
        features,
        given(user_id) AS user_id,
        given(segment) AS segment,
        given(entry_ts) AS entry_ts_written
    FROM source
),

typed AS (
    SELECT
        *,
        to_time(entry_ts_written) AS entry_ts
    FROM renamed
),

judged AS (
    SELECT
        *,
        CASE
            WHEN fault IS NOT NULL THEN fault
            WHEN time_fault('entry_ts', entry_ts_written, entry_ts) IS NOT NULL
                THEN time_fault('entry_ts', entry_ts_written, entry_ts)
            WHEN entry_ts >= getvariable('as_of') THEN 'not_yet_known'
            WHEN user_id IS NULL THEN 'user_id is missing'
        END AS reason
    FROM typed
),

fated AS (
    SELECT
        *,
        CASE
            WHEN reason IS NOT NULL THEN reason
            WHEN row_number() OVER same_key = 1 THEN 'good'
            WHEN hash(entry_ts, segment, features) = first_value(hash(entry_ts, segment, features)) OVER same_key
                THEN 'duplicate'
            ELSE other_content('user_id')
        END AS fate
    FROM judged
    WINDOW same_key AS (
        PARTITION BY user_id, reason
        ORDER BY entry_ts, segment, features
    )
),

final AS (
    SELECT
        user_id,
        segment,
        features,
        entry_ts,
        fate,
        CASE
            WHEN is_refused(fate)
                THEN to_json({ entry_ts: cast(entry_ts_written AS VARCHAR), segment: segment })
        END AS written
    FROM fated
)

SELECT * FROM final;
