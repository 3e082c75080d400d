-- What a platform would claim: purchases credited to the last ad before them, within the window.
-- grain: one row per channel, delivered in the log or not
-- key:   action
-- units: cost_micros (click cost included), revenue_micros, margin_micros int64 micros; impressions, clicks, purchases
--        counts
-- Where the log has daily totals only, their figures stand here and purchases are 0. Revenue and margin are NULL, not
-- 0, where the log holds no purchase at all, or a day of the channel without its revenue.
CREATE TABLE marts.attributed AS
WITH source AS (
    SELECT action FROM staging.actions WHERE action > 0
),

shown AS (
    SELECT
        action,
        sum(cost_micros) AS cost_micros,
        count(*) AS impressions,
        sum(clicks) AS clicks
    FROM marts.exposures
    GROUP BY action
),

credited AS (
    SELECT
        last_touch AS action,
        sum(revenue_micros) AS revenue_micros,
        sum(margin_micros) AS margin_micros,
        count(*) AS purchases
    FROM staging.touches
    WHERE last_touch IS NOT NULL
    GROUP BY last_touch
),

totalled AS (
    SELECT
        action,
        sum(cost_micros) AS cost_micros,
        CASE WHEN count(revenue_micros) = count(*) THEN sum(revenue_micros) END AS revenue_micros,
        CASE
            WHEN count(revenue_micros) = count(*)
                THEN sum(margin_of(revenue_micros, getvariable('margin_rate')))
        END AS margin_micros,
        sum(impressions) AS impressions,
        sum(clicks) AS clicks
    FROM marts.totals
    WHERE NOT EXISTS (SELECT 1 FROM marts.exposures)
    GROUP BY action
),

final AS (
    SELECT
        cast(source.action AS SMALLINT) AS action,
        cast(coalesce(shown.cost_micros, totalled.cost_micros, 0) AS BIGINT) AS cost_micros,
        cast(
            CASE
                WHEN totalled.action IS NOT NULL THEN totalled.revenue_micros
                WHEN EXISTS (SELECT 1 FROM staging.orders) THEN coalesce(credited.revenue_micros, 0)
            END AS BIGINT
        ) AS revenue_micros,
        cast(
            CASE
                WHEN totalled.action IS NOT NULL THEN totalled.margin_micros
                WHEN EXISTS (SELECT 1 FROM staging.orders) THEN coalesce(credited.margin_micros, 0)
            END AS BIGINT
        ) AS margin_micros,
        cast(coalesce(shown.impressions, totalled.impressions, 0) AS BIGINT) AS impressions,
        cast(coalesce(shown.clicks, totalled.clicks, 0) AS BIGINT) AS clicks,
        cast(coalesce(credited.purchases, 0) AS BIGINT) AS purchases
    FROM source
    LEFT JOIN shown ON source.action = shown.action
    LEFT JOIN credited ON source.action = credited.action
    LEFT JOIN totalled ON source.action = totalled.action
)

SELECT * FROM final;
