-- Who is in the panel, from when to when.
-- grain: one row per entity
-- key:   entity_key
-- units: entry_day, last_day days since 1970-01-01
-- Entry is users.entry_ts where there is one: the log's owner says from when on the entity could be decided
-- about, and earlier events are history. Else the first event: a visit, a purchase or an outcome (in a single-step
-- log also the draw of an arm), or an impression or opportunity, which is flagged as entry_by_ad (immortal-time bias:
-- only those an ad reached would be seen).
CREATE TABLE marts.entities AS
WITH source AS (
    SELECT * FROM staging.pseudonyms
),

declared AS (
    SELECT * FROM staging.users WHERE fate = 'good'
),

ad_days AS (
    SELECT
        entity_key,
        ts,
        day
    FROM marts.exposures
    UNION ALL
    SELECT
        entity_key,
        ts,
        day
    FROM staging.chances
),

ads AS (
    SELECT
        entity_key,
        min(ts) AS first_ts,
        max(day) AS last_day
    FROM ad_days
    GROUP BY entity_key
),

own_times AS (
    SELECT
        user_id,
        ts
    FROM staging.visits
    WHERE fate = 'good'
    UNION ALL
    SELECT
        user_id,
        ts
    FROM staging.purchases
    WHERE fate = 'good'
    UNION ALL
    SELECT
        user_id,
        ts
    FROM staging.outcomes
    WHERE fate = 'good'
    UNION ALL
    SELECT
        user_id,
        since AS ts
    FROM staging.arms
    WHERE fate = 'good' AND getvariable('single_step')
),

own_events AS (
    SELECT
        user_id,
        min(ts) AS first_ts,
        to_day(max(ts)) AS last_day
    FROM own_times
    GROUP BY user_id
),

clicks AS (
    SELECT
        entity_key,
        max(day) AS last_day
    FROM staging.click_events
    GROUP BY entity_key
),

ad_segments AS (
    SELECT
        entity_key,
        arg_min(segment, row(ts, ordinal)) AS segment
    FROM marts.exposures
    WHERE segment IS NOT NULL
    GROUP BY entity_key
),

joined AS (
    SELECT
        source.entity_key,
        declared.features,
        coalesce(declared.segment, ad_segments.segment) AS segment,
        declared.entry_ts IS NULL
        AND ads.first_ts IS NOT NULL
        AND (own_events.first_ts IS NULL OR ads.first_ts < own_events.first_ts) AS entry_by_ad,
        coalesce(declared.entry_ts, least(ads.first_ts, own_events.first_ts)) AS entry_ts,
        greatest(ads.last_day, own_events.last_day, clicks.last_day) AS last_event_day
    FROM source
    LEFT JOIN declared ON source.user_id = declared.user_id
    LEFT JOIN ads ON source.entity_key = ads.entity_key
    LEFT JOIN own_events ON source.user_id = own_events.user_id
    LEFT JOIN clicks ON source.entity_key = clicks.entity_key
    LEFT JOIN ad_segments ON source.entity_key = ad_segments.entity_key
),

final AS (
    SELECT
        entity_key,
        to_day(entry_ts) AS entry_day,
        greatest(to_day(entry_ts), last_event_day) AS last_day,
        entry_by_ad,
        segment,
        features
    FROM joined
    WHERE entry_ts IS NOT NULL
)

SELECT * FROM final;
