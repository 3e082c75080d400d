-- Good, eligible opportunities of channels that are actions, but for those that became ads whose rows are refused.
-- grain: one row per opportunity
-- key:   none; opportunity_id is NULL where no opportunity tells a propensity: then nobody asks which was first
-- units: ts instant; day since 1970-01-01; second_of_day since midnight, up to 90,000 where clocks go back;
--        propensity probability
CREATE TABLE staging.chances AS
WITH source AS (
    SELECT * FROM staging.opportunities WHERE fate = 'good' AND is_eligible
),

any_told AS (
    SELECT count(propensity) > 0 AS is_told FROM staging.opportunities
),

final AS (
    SELECT
        pseudonyms.entity_key,
        CASE WHEN any_told.is_told THEN source.opportunity_id END AS opportunity_id,
        source.ts,
        minutes.day,
        cast(epoch_us(source.ts) // 1000000 - minutes.first_second AS INTEGER) AS second_of_day,
        actions.action,
        source.propensity
    FROM source
    CROSS JOIN any_told
    INNER JOIN staging.pseudonyms AS pseudonyms ON source.user_id = pseudonyms.user_id
    INNER JOIN staging.actions AS actions ON source.channel = actions.channel
    INNER JOIN staging.minutes AS minutes ON source.minute = minutes.minute
    ANTI JOIN staging.lost_ads AS lost
        ON source.user_id = lost.user_id AND source.channel = lost.channel AND minutes.day = lost.day
    WHERE actions.action > 0
)

SELECT * FROM final;
