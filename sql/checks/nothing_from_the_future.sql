-- A mart holds an event of the as-of date or later.
-- grain: one row per mart that does, of all that have a day in their key
-- key:   mart
-- units: days since 1970-01-01
WITH latest AS (
    SELECT
        'exposures' AS mart,
        max(day) AS last_day
    FROM marts.exposures
    UNION ALL
    SELECT
        'clicks' AS mart,
        max(day) AS last_day
    FROM marts.clicks
    UNION ALL
    SELECT
        'bookings' AS mart,
        max(known_day) AS last_day
    FROM marts.bookings
    UNION ALL
    SELECT
        'visits' AS mart,
        max(day) AS last_day
    FROM marts.visits
    UNION ALL
    SELECT
        'outcomes' AS mart,
        max(known_day) AS last_day
    FROM marts.outcomes
    UNION ALL
    SELECT
        'arms' AS mart,
        max(day) AS last_day
    FROM marts.arms
    UNION ALL
    SELECT
        'opportunities' AS mart,
        max(day) AS last_day
    FROM marts.opportunities
    UNION ALL
    SELECT
        'last_touch' AS mart,
        max(day) AS last_day
    FROM marts.last_touch
    UNION ALL
    SELECT
        'last_click' AS mart,
        max(day) AS last_day
    FROM marts.last_click
    UNION ALL
    SELECT
        'totals' AS mart,
        max(day) AS last_day
    FROM marts.totals
    UNION ALL
    SELECT
        'budgets' AS mart,
        max(day) AS last_day
    FROM marts.budgets
    UNION ALL
    SELECT
        'experiments' AS mart,
        max(last_day) AS last_day
    FROM marts.experiments
    UNION ALL
    SELECT
        'counts' AS mart,
        max(day) AS last_day
    FROM marts.counts
    UNION ALL
    SELECT
        'geo' AS mart,
        max(day) AS last_day
    FROM marts.geo
    UNION ALL
    SELECT
        'channel_days' AS mart,
        max(day) AS last_day
    FROM marts.channel_days
    UNION ALL
    SELECT
        'shop_days' AS mart,
        max(day) AS last_day
    FROM marts.shop_days
)

SELECT *
FROM latest
WHERE last_day >= to_day(getvariable('as_of'))
