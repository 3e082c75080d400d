-- Good impressions with pseudonym, day and action.
-- grain: one row per impression
-- key:   impression_id
-- units: ts instant; day since 1970-01-01; second_of_day since midnight; cost_micros int64 micros without click cost
CREATE TABLE staging.ad_events AS
WITH source AS (
    SELECT * FROM staging.impressions WHERE fate = 'good'
),

final AS (
    SELECT
        pseudonyms.entity_key,
        source.impression_id,
        source.ts,
        to_day(source.ts) AS day,
        to_second(source.ts) AS second_of_day,
        actions.action,
        source.cost_micros,
        source.propensity,
        source.segment,
        source.context
    FROM source
    INNER JOIN staging.pseudonyms AS pseudonyms ON source.user_id = pseudonyms.user_id
    INNER JOIN staging.actions AS actions ON source.channel = actions.channel
)

SELECT * FROM final;
