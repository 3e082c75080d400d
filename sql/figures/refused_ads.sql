-- How many ads of each channel were refused, and for which reason most.
-- grain: one row per channel with a refused ad
-- key:   channel
-- units: counts of rows; duplicates and rows not yet known are no ads here
WITH source AS (
    SELECT
        channel,
        fate
    FROM staging.impressions
    WHERE channel != 'none' AND (fate = 'good' OR is_refused(fate))
),

final AS (
    SELECT
        channel,
        count(*) AS ads,
        count(*) FILTER (WHERE is_refused(fate)) AS refused,
        mode(fate ORDER BY fate) FILTER (WHERE is_refused(fate)) AS reason
    FROM source
    GROUP BY channel
)

SELECT *
FROM final
WHERE refused > 0
ORDER BY channel
