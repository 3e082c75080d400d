-- An event belongs to nobody in the panel.
-- grain: one row per orphaned entity and mart
-- key:   mart, entity_key
-- units: none
WITH events AS (
    SELECT DISTINCT
        'exposures' AS mart,
        entity_key
    FROM marts.exposures
    UNION ALL
    SELECT DISTINCT
        'bookings' AS mart,
        entity_key
    FROM marts.bookings
    UNION ALL
    SELECT DISTINCT
        'visits' AS mart,
        entity_key
    FROM marts.visits
    UNION ALL
    SELECT DISTINCT
        'outcomes' AS mart,
        entity_key
    FROM marts.outcomes
    UNION ALL
    SELECT DISTINCT
        'opportunities' AS mart,
        entity_key
    FROM marts.opportunities
)

SELECT
    events.mart,
    events.entity_key
FROM events
ANTI JOIN marts.entities AS entities ON events.entity_key = entities.entity_key
