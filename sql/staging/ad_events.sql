-- Good impressions with pseudonym, day and action.
-- grain: one row per impression
-- key:   impression_id
-- units: ts instant; day since 1970-01-01; second_of_day since midnight, up to 90,000 where clocks go back;
--        cost_micros int64 micros without click cost
CREATE TABLE staging.ad_events AS
WITH source AS (
    SELECT * FROM staging.impressions WHERE fate = 'good'
),

final AS (
    SELECT
        pseudonyms.entity_key,
        source.impression_id,
        source.ts,
        minutes.day,
        cast(epoch_us(source.ts) // 1000000 - minutes.first_second AS INTEGER) AS second_of_day,
        actions.action,
        source.cost_micros,
        source.propensity,
        source.segment,
        source.context
    FROM source
    INNER JOIN staging.pseudonyms AS pseudonyms ON source.user_id = pseudonyms.user_id
    INNER JOIN staging.actions AS actions ON source.channel = actions.channel
    INNER JOIN staging.minutes AS minutes ON to_minute(source.ts) = minutes.minute
)

SELECT * FROM final;
