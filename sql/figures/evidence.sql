-- What the staged log holds, for the evidence tier; columns in the order of sql.tiers.Evidence.
-- grain: one row
-- key:   none
-- units: counts of rows
SELECT
    (SELECT count(*) FROM marts.exposures) AS exposures,
    (SELECT count(*) - count(propensity) FROM marts.exposures) AS exposures_without_propensity,
    (SELECT count(*) FROM marts.exposures WHERE action = 0) AS none_exposures,
    (SELECT count(*) FROM staging.chances) AS opportunities,
    (SELECT count(*) FROM staging.chances WHERE propensity IS NULL) AS opportunities_without_propensity,
    (SELECT count(*) FROM staging.arms WHERE fate = 'good' AND arm IN ('random', 'holdout'))
    + (SELECT count(*) FROM staging.opportunities WHERE fate = 'good' AND is_holdout) AS randomised_rows,
    (SELECT count(*) FROM marts.totals) AS totals,
    (SELECT count(*) FROM marts.counts) AS counts,
    (SELECT count(*) FROM marts.geo) AS regions
