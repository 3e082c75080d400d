-- Of good impressions that share an id with another the first known stays: equal ones are duplicates, others refused.
-- Only these rows are read again, and nothing is where there are none: staging/impressions.sql finds their ids.
-- grain: one row per logged row, as before
-- key:   none; impression_id is unique among good rows
-- units: as in staging/impressions.sql
DELETE FROM staging.impressions
WHERE fate = 'good' AND impression_id IN (SELECT shared_ids.impression_id FROM staging.shared_ids);

INSERT INTO staging.impressions
WITH source AS (
    SELECT judged.*
    FROM staging.judged_impressions AS judged
    SEMI JOIN staging.shared_ids AS shared_ids ON judged.impression_id = shared_ids.impression_id
),

fated AS (
    SELECT
        *,
        CASE
            WHEN reason IS NOT NULL THEN reason
            WHEN row_number() OVER same_key = 1 THEN 'good'
            WHEN
                hash(ts, user_id, channel, cost_micros, propensity, segment, context)
                = first_value(
                    hash(ts, user_id, channel, cost_micros, propensity, segment, context)
                ) OVER same_key
                THEN 'duplicate'
            ELSE other_content('impression_id')
        END AS fate
    FROM source
    WINDOW same_key AS (
        PARTITION BY impression_id, reason
        ORDER BY known_ts, ts, user_id, channel, cost_micros, propensity, segment, context
    )
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

SELECT * FROM final
WHERE fate IN ('good', 'duplicate', other_content('impression_id'));
