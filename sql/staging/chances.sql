-- Good, eligible opportunities of channels that are actions.
-- grain: one row per opportunity
-- key:   opportunity_id
-- units: ts instant; day since 1970-01-01; second_of_day since midnight; propensity probability
CREATE TABLE staging.chances AS
WITH source AS (
    SELECT * FROM staging.opportunities WHERE fate = 'good' AND is_eligible
),

final AS (
    SELECT
        pseudonyms.entity_key,
        source.opportunity_id,
        source.ts,
        to_day(source.ts) AS day,
        to_second(source.ts) AS second_of_day,
        actions.action,
        source.propensity
    FROM source
    INNER JOIN staging.pseudonyms AS pseudonyms ON source.user_id = pseudonyms.user_id
    INNER JOIN staging.actions AS actions ON source.channel = actions.channel
    WHERE actions.action > 0
)

SELECT * FROM final;
