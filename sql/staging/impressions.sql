-- Every logged impression with its fate: good, duplicate, not_yet_known, or the reason it is quarantined.
-- grain: one row per logged row
-- key:   none; impression_id is unique among good rows
-- units: cost_micros int64 micros; ts, known_ts instants; minute of ts since 1970-01-01 00:00 UTC; propensity
--        probability in (0, 1]
-- A row is known from the later of ts and knowledge_ts on. Of rows with one id the first known stays: equal ones
-- are duplicates, others are refused.
CREATE OR REPLACE VIEW staging.judged_impressions AS
WITH source AS (
    SELECT * FROM raw.impressions
),

renamed AS (
    SELECT
        fault,
        context,
        given(impression_id) AS impression_id,
        given(user_id) AS user_id,
        given(channel) AS channel_written,
        to_channel(channel) AS channel,
        given(segment) AS segment,
        given(cost) AS cost,
        given_number(propensity) AS propensity_written,
        given(ts) AS ts_written,
        given(knowledge_ts) AS knowledge_ts_written
    FROM source
),

typed AS (
    SELECT
        *,
        to_micros(cost, getvariable('impressions_money_unit')) AS cost_micros,
        try_cast(propensity_written AS DOUBLE) AS propensity,
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
            WHEN impression_id IS NULL THEN 'impression_id is missing'
            WHEN user_id IS NULL THEN 'user_id is missing'
            WHEN channel IS NULL THEN 'channel is missing'
            WHEN money_fault('cost', cost, cost_micros) IS NOT NULL THEN money_fault('cost', cost, cost_micros)
            WHEN cost_micros < 0 THEN 'cost is negative'
            WHEN channel = 'none' AND getvariable('idle') = ''
                THEN 'channel is none, where the study says that something is always chosen'
            WHEN channel = 'none' AND cost_micros > 0 AND getvariable('idle') = 'none'
                THEN 'cost on the channel none'
            WHEN propensity_fault(propensity_written, propensity) IS NOT NULL
                THEN propensity_fault(propensity_written, propensity)
        END AS reason
    FROM known
)

SELECT * FROM judged;

-- As if every id were given once, which a sort of the whole log would have to find out.
CREATE OR REPLACE TABLE staging.impressions AS
WITH fated AS (
    SELECT
        *,
        coalesce(reason, 'good') AS fate
    FROM staging.judged_impressions
),

final AS (
    SELECT
        impression_id,
        user_id,
        channel,
        segment,
        context,
        cost_micros,
        below_a_micro(cost, cost_micros) AS is_too_small,
        propensity,
        ts,
        to_minute(ts) AS minute,
        known_ts,
        fate,
        CASE
            WHEN is_refused(fate)
                THEN to_json({
                    impression_id: unless_it_names(impression_id, user_id),
                    ts: cast(ts_written AS VARCHAR), channel: channel_written, cost: cast(cost AS VARCHAR),
                    propensity: cast(propensity_written AS VARCHAR), knowledge_ts: cast(knowledge_ts_written AS VARCHAR)
                })
        END AS written
    FROM fated
)

SELECT * FROM final;

CREATE OR REPLACE TABLE staging.shared_ids AS
SELECT impression_id FROM staging.impressions
WHERE fate = 'good'
GROUP BY impression_id
HAVING count(*) > 1;
