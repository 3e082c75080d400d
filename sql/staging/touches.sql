-- What a platform would credit: the last ad and the last clicked ad before each purchase, within the window.
-- grain: one row per purchase or refund
-- key:   none; a refund may share its order's purchase_id
-- units: ts instant; day since 1970-01-01; actions NULL where no ad or click lies in the window
-- Ties in time go to the larger impression_id.
CREATE TABLE staging.touches AS
WITH source AS (
    SELECT
        *,
        ts - to_days(cast(getvariable('attribution_days') AS INTEGER)) AS window_start
    FROM staging.orders
),

last_ads AS (
    SELECT
        source.entity_key,
        source.ts,
        arg_max(ads.action, row(ads.ts, ads.ordinal)) AS last_touch
    FROM source
    INNER JOIN marts.exposures AS ads
        ON
            source.entity_key = ads.entity_key
            AND source.ts >= ads.ts
            AND source.window_start <= ads.ts
            AND ads.action > 0
    GROUP BY source.entity_key, source.ts
),

last_clicks AS (
    SELECT
        source.entity_key,
        source.ts,
        arg_max(clicks.action, row(clicks.ts, clicks.impression_id)) AS last_click
    FROM source
    INNER JOIN staging.click_events AS clicks
        ON
            source.entity_key = clicks.entity_key
            AND source.ts >= clicks.ts
            AND source.window_start <= clicks.ts
    GROUP BY source.entity_key, source.ts
),

final AS (
    SELECT
        source.entity_key,
        source.purchase_id,
        source.ts,
        source.day,
        source.revenue_micros,
        source.margin_micros,
        last_ads.last_touch,
        last_clicks.last_click
    FROM source
    LEFT JOIN last_ads ON source.entity_key = last_ads.entity_key AND source.ts = last_ads.ts
    LEFT JOIN last_clicks ON source.entity_key = last_clicks.entity_key AND source.ts = last_clicks.ts
)

SELECT * FROM final;
