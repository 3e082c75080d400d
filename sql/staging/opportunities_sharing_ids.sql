-- Of good opportunities that share an id with another the first stays: equal ones are duplicates, others refused.
-- Only these rows are read again, and nothing is where there are none: staging/opportunities.sql finds their ids.
-- grain: one row per logged row, as before
-- key:   none; opportunity_id is unique among good rows
-- units: as in staging/opportunities.sql
DELETE FROM staging.opportunities
WHERE fate = 'good' AND opportunity_id IN (SELECT shared_ids.opportunity_id FROM staging.shared_ids);

INSERT INTO staging.opportunities
WITH source AS (
    SELECT judged.*
    FROM staging.judged_opportunities AS judged
    SEMI JOIN staging.shared_ids AS shared_ids ON judged.opportunity_id = shared_ids.opportunity_id
),

fated AS (
    SELECT
        *,
        CASE
            WHEN reason IS NOT NULL THEN reason
            WHEN row_number() OVER same_key = 1 THEN 'good'
            WHEN
                hash(ts, user_id, channel, to_flag(eligible), to_flag(holdout), propensity)
                = first_value(
                    hash(ts, user_id, channel, to_flag(eligible), to_flag(holdout), propensity)
                ) OVER same_key
                THEN 'duplicate'
            ELSE other_content('opportunity_id')
        END AS fate
    FROM source
    WINDOW same_key AS (
        PARTITION BY opportunity_id, reason
        ORDER BY ts, user_id, channel, to_flag(eligible), to_flag(holdout), propensity
    )
),

final AS (
    SELECT
        opportunity_id,
        user_id,
        channel,
        propensity,
        ts,
        to_minute(ts) AS minute,
        coalesce(to_flag(eligible), TRUE) AS is_eligible,
        coalesce(to_flag(holdout), FALSE) AS is_holdout,
        fate,
        CASE
            WHEN is_refused(fate)
                THEN to_json({
                    opportunity_id: unless_it_names(opportunity_id, user_id),
                    ts: cast(ts_written AS VARCHAR), channel: channel, eligible: eligible,
                    holdout: holdout, propensity: cast(propensity_written AS VARCHAR)
                })
        END AS written
    FROM fated
)

SELECT * FROM final
WHERE fate IN ('good', 'duplicate', other_content('opportunity_id'));
