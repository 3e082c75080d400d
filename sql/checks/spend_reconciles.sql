-- Spend differs between the log's good rows, the exposures and the attributed totals.
-- grain: one row if the sums differ
-- key:   none
-- units: micros
WITH sums AS (
    SELECT
        (SELECT coalesce(sum(cost_micros), 0) FROM staging.impressions WHERE fate = 'good')
        + (SELECT coalesce(sum(cost_micros), 0) FROM staging.clicks WHERE fate = 'good') AS logged_micros,
        (SELECT coalesce(sum(cost_micros), 0) FROM marts.exposures) AS exposures_micros,
        (SELECT coalesce(sum(cost_micros), 0) FROM marts.exposures WHERE action = 0) AS none_micros,
        (SELECT coalesce(sum(cost_micros), 0) FROM marts.attributed) AS attributed_micros
)

SELECT *
FROM sums
WHERE
    logged_micros != exposures_micros
    OR (
        EXISTS (SELECT 1 FROM marts.exposures)
        AND exposures_micros != attributed_micros + none_micros
    )
