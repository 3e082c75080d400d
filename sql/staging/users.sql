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
        given(entry_ts) AS entry_ts_written,
        to_time(given(entry_ts)) AS entry_ts
    FROM source
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
    FROM renamed
),

final AS (
    SELECT
        user_id,
        segment,
        features,
        entry_ts,
        CASE
            WHEN reason IS NOT NULL THEN reason
            WHEN row_number() OVER (PARTITION BY user_id, reason ORDER BY entry_ts, segment, features) > 1
                THEN 'duplicate'
            ELSE 'good'
        END AS fate,
        CASE
            WHEN reason IS NOT NULL AND reason != 'not_yet_known'
                THEN to_json({ entry_ts: entry_ts_written, segment: segment })
        END AS written
    FROM judged
)

SELECT * FROM final;
