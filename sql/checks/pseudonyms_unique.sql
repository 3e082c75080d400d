-- Two user ids share a pseudonym; use another pseudonym key.
-- grain: one row per pseudonym with more than one user
-- key:   entity_key
-- units: none
SELECT
    entity_key,
    count(*) AS users
FROM staging.pseudonyms
GROUP BY entity_key
HAVING count(*) > 1
