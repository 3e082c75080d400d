-- Every logged opportunity with its fate: an entity could have been shown a channel at that moment.
-- grain: one row per logged row
-- key:   none; opportunity_id is unique among good rows
-- units: ts instant; minute of it since 1970-01-01 00:00 UTC; propensity probability in (0, 1] of showing the channel
-- Opportunities that were not eligible are good rows and no chance: the marts leave them out.
CREATE OR REPLACE VIEW staging.judged_opportunities AS
WITH source AS (
    SELECT * FROM raw.opportunities
),

renamed AS (
    SELECT
        fault,
        given(opportunity_id) AS opportunity_id,
        given(user_id) AS user_id,
        to_channel(channel) AS channel,
        given(eligible) AS eligible,
        given(holdout) AS holdout,
        given_number(propensity) AS propensity_written,
        given(ts) AS ts_written
    FROM source
),

typed AS (
    SELECT
        *,
        try_cast(propensity_written AS DOUBLE) AS propensity,
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
            WHEN opportunity_id IS NULL THEN 'opportunity_id is missing'
            WHEN user_id IS NULL THEN 'user_id is missing'
            WHEN channel IS NULL THEN 'channel is missing'
            WHEN eligible IS NOT NULL AND to_flag(eligible) IS NULL THEN 'eligible is not true or false'
            WHEN holdout IS NOT NULL AND to_flag(holdout) IS NULL THEN 'holdout is not true or false'
            WHEN propensity_fault(propensity_written, propensity) IS NOT NULL
                THEN propensity_fault(propensity_written, propensity)
        END AS reason
    FROM typed
)

SELECT * FROM judged;

-- As if every id were given once, which a sort of the whole log would have to find out.
CREATE OR REPLACE TABLE staging.opportunities AS
WITH fated AS (
    SELECT
        *,
        coalesce(reason, 'good') AS fate
    FROM staging.judged_opportunities
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

SELECT * FROM final;

CREATE OR REPLACE TABLE staging.shared_ids AS
SELECT opportunity_id FROM staging.opportunities
WHERE fate = 'good'
GROUP BY opportunity_id
HAVING count(*) > 1;
