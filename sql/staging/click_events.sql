-- Good clicks with the pseudonym and action of their impression.
-- grain: one row per click
-- key:   none (click_id may be absent); see staging/clicks.sql
-- units: ts instant; day since 1970-01-01; cost_micros int64 micros
CREATE TABLE staging.click_events AS
WITH source AS (
    SELECT * FROM staging.clicks WHERE fate = 'good'
),

final AS (
    SELECT
        pseudonyms.entity_key,
        source.impression_id,
        source.ts,
        to_day(source.ts) AS day,
        actions.action,
        source.cost_micros
    FROM source
    INNER JOIN staging.pseudonyms AS pseudonyms ON source.user_id = pseudonyms.user_id
    INNER JOIN staging.actions AS actions ON source.channel = actions.channel
)

SELECT * FROM final;
