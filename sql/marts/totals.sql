-- Daily totals by channel (tier C, and reconciliation elsewhere).
-- grain: one row per day and channel
-- key:   day, action
-- units: cost_micros, revenue_micros int64 micros; impressions, clicks counts; NULL where the log has none
-- Action 0 holds the sales that no channel claims; it costs nothing.
CREATE TABLE marts.totals AS
WITH source AS (
    SELECT * FROM staging.totals WHERE fate = 'good'
),

final AS (
    SELECT
        source.day,
        cast(actions.action AS SMALLINT) AS action,
        source.spend_micros AS cost_micros,
        source.revenue_micros,
        source.impressions,
        source.clicks
    FROM source
    INNER JOIN staging.actions AS actions ON source.channel = actions.channel
)

SELECT * FROM final;
