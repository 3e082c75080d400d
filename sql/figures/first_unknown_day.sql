-- The first day of which the log tells anything that was not yet known on the as-of date.
-- grain: one row
-- key:   none
-- units: days since 1970-01-01; NULL where every row was known
WITH days AS (
    SELECT to_day(known_ts) AS day FROM staging.impressions
    WHERE fate = 'not_yet_known'
    UNION ALL
    SELECT to_day(known_ts) AS day FROM staging.purchases
    WHERE fate = 'not_yet_known'
    UNION ALL
    SELECT to_day(ts) AS day FROM staging.opportunities
    WHERE fate = 'not_yet_known'
    UNION ALL
    SELECT to_day(ts) AS day FROM staging.visits
    WHERE fate = 'not_yet_known'
    UNION ALL
    SELECT day FROM staging.totals
    WHERE fate = 'not_yet_known'
    UNION ALL
    SELECT day FROM staging.counts
    WHERE fate = 'not_yet_known'
    UNION ALL
    SELECT day FROM staging.geo
    WHERE fate = 'not_yet_known'
)

SELECT min(day) AS first_day FROM days
