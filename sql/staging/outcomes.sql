-- Every logged outcome with its fate: what followed decisions, by name, beside clicks and purchases.
-- grain: one row per logged row
-- key:   none; (entity_id, ts, name) is unique among good rows
-- units: value_micros millionths of the outcome's own unit (money: of the currency unit); ts, known_ts instants
-- Of rows with one key the first known stays: equal ones are duplicates, others are refused.
CREATE TABLE staging.outcomes AS
WITH source AS (
    SELECT * FROM raw.outcomes
),

renamed AS (
    SELECT
        fault,
        given(entity_id) AS user_id,
        given(name) AS name,
        given(value) AS value_written,
        given(ts) AS ts_written,
        given(knowledge_ts) AS knowledge_ts_written
    FROM source
),

typed AS (
    SELECT
        *,
        to_micros(value_written, getvariable('outcomes_money_unit')) AS value_micros,
        to_time(ts_written) AS ts,
        to_time(knowledge_ts_written) AS knowledge_ts
    FROM renamed
),

known AS (
    SELECT
        *,
        greatest(ts, coalesce(knowledge_ts, ts)) AS known_ts
    FROM typed
),

judged AS (
    SELECT
        *,
        CASE
            WHEN fault IS NOT NULL THEN fault
            WHEN time_fault('ts', ts_written, ts) IS NOT NULL THEN time_fault('ts', ts_written, ts)
            WHEN optional_time_fault('knowledge_ts', knowledge_ts_written, knowledge_ts) IS NOT NULL
                THEN 'knowledge_ts is not a time'
            WHEN known_ts >= getvariable('as_of') THEN 'not_yet_known'
            WHEN clock_fault(ts) IS NOT NULL THEN clock_fault(ts)
            WHEN user_id IS NULL THEN 'entity_id is missing'
            WHEN name IS NULL THEN 'name is missing'
            WHEN money_fault('value', value_written, value_micros) IS NOT NULL
                THEN money_fault('value', value_written, value_micros)
        END AS reason
    FROM known
),

fated AS (
    SELECT
        *,
        CASE
            WHEN reason IS NOT NULL THEN reason
            WHEN row_number() OVER same_key = 1 THEN 'good'
            WHEN value_micros = first_value(value_micros) OVER same_key THEN 'duplicate'
            ELSE other_content('entity_id, ts and name')
        END AS fate
    FROM judged
    WINDOW same_key AS (PARTITION BY user_id, ts, name, reason ORDER BY known_ts, value_micros)
),

final AS (
    SELECT
        user_id,
        name,
        value_micros,
        ts,
        known_ts,
        fate,
        CASE
            WHEN is_refused(fate)
                THEN to_json({
                    ts: cast(ts_written AS VARCHAR), name: name, value: cast(value_written AS VARCHAR),
                    knowledge_ts: cast(knowledge_ts_written AS VARCHAR)
                })
        END AS written
    FROM fated
)

SELECT * FROM final;
