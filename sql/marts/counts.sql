-- Counts per arm of tests.
-- grain: one row per test, day and arm
-- key:   test, day, arm (test and day NULL where the log has none)
-- units: n, successes counts, successes NULL where sums are told alone; sum, sum_of_squares the outcome's own
--        unit and its square, NULL where successes are told alone; day since 1970-01-01
CREATE TABLE marts.counts AS
WITH source AS (
    SELECT * FROM staging.counts WHERE fate = 'good'
),

final AS (
    SELECT
        test,
        day,
        arm,
        n,
        successes,
        total AS sum,
        total_of_squares AS sum_of_squares
    FROM source
)

SELECT * FROM final;
