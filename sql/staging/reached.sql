-- Whom good impressions and opportunities tell of.
-- grain: one row per user
-- key:   user_id
-- units: none
CREATE TABLE staging.reached AS
SELECT user_id FROM staging.impressions WHERE fate = 'good'
UNION
SELECT user_id FROM staging.opportunities WHERE fate = 'good';
