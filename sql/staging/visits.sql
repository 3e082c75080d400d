-- Every logged visit with its fate.
-- grain: one row per logged row
-- key:   none; (user_id, ts) is unique among good rows
-- units: ts instant
CREATE TABLE staging.visits AS
WITH source AS (
    SELECT * FROM raw.visits
),

renamed AS (
    SELECT
        fault,
        given(user_id) AS user_id,
        given(ts) AS ts_written
    FROM source
),

typed AS (
    SELECT
        *,
        to_time(ts_written) AS ts
    FROM renamed
),

judged AS (
    SELECT
        *,
        CASE
            WHEN fault IS NOT NULL THEN fault
            WHEN time_fault('ts', ts_written, ts) IS NOT NULL THEN time_fault('ts', ts_written, ts)
            WHEN ts >= getvariable('as_of') THEN 'not_yet_known'
            WHEN clock_fault(ts) IS NOT NULL THEN clock_fault(ts)
            WHEN user_id IS NULL THEN 'user_id is missing'
        END AS reason
    FROM typed
),

final AS (
    SELECT
        user_id,
        ts,
        CASE
            WHEN reason IS NOT NULL THEN reason
            WHEN row_number() OVER (PARTITION BY user_id, ts, reason ORDER BY ts) > 1 THEN 'duplicate'
            ELSE 'good'
        END AS fate,
        CASE
            WHEN reason IS NOT NULL AND reason != 'not_yet_known' THEN to_json({ ts: cast(ts_written AS VARCHAR) })
        END AS written
    FROM judged
)

SELECT * FROM final;
