-- Daily totals by channel (tier C, and reconciliation elsewhere).
-- grain: one row per day and channel
-- key:   day, action
-- units: cost_micros, revenue_micros int64 micros; impressions, clicks counts; NULL where the log has none
-- Campaigns of a channel add up, over those that give the figure.
-- Action 0 holds the sales that no channel claims; it costs nothing.
CREATE TABLE marts.totals AS
WITH source AS (
    SELECT * FROM staging.totals WHERE fate = 'good'
),

final AS (
    SELECT
        source.day,
        cast(actions.action AS SMALLINT) AS action,
        cast(sum(source.spend_micros) AS BIGINT) AS cost_micros,
        cast(sum(source.revenue_micros) AS BIGINT) AS revenue_micros,
        cast(sum(source.impressions) AS BIGINT) AS impressions,
        cast(sum(source.clicks) AS BIGINT) AS clicks
    FROM source
    INNER JOIN staging.actions AS actions ON source.channel = actions.channel
    GROUP BY source.day, actions.action
)

SELECT * FROM final;
