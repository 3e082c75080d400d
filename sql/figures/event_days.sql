-- The first and the last day with an event.
-- grain: one row
-- key:   none
-- units: days since 1970-01-01; NULL where there is no event
WITH days AS (
    SELECT day FROM marts.exposures
    UNION ALL
    SELECT day FROM marts.opportunities
    UNION ALL
    SELECT day FROM marts.clicks
    UNION ALL
    SELECT day FROM marts.bookings
    UNION ALL
    SELECT day FROM marts.visits
    UNION ALL
    SELECT day FROM marts.outcomes
    UNION ALL
    SELECT day FROM marts.totals
    UNION ALL
    SELECT day FROM marts.counts
    UNION ALL
    SELECT day FROM marts.geo
)

SELECT
    min(day) AS first_day,
    max(day) AS last_day
FROM days
