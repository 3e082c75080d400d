-- Outcomes per region and day.
-- grain: one row per region and day
-- key:   region, day
-- units: outcome its own unit; spend_micros int64 micros; NULL where the log has none; day since 1970-01-01
CREATE TABLE marts.geo AS
WITH source AS (
    SELECT * FROM staging.geo WHERE fate = 'good'
),

final AS (
    SELECT
        region,
        day,
        outcome,
        spend_micros,
        is_treated AS treated
    FROM source
)

SELECT * FROM final;
