-- The actions: `none` and every channel that was ever delivered, in byte order of their names.
-- grain: one row per action
-- key:   action; channel is unique too
-- units: none
-- A channel with opportunities and no impression is no action: nothing can be learnt about it. Daily totals
-- name actions only where the log has no impressions (tier C).
CREATE TABLE staging.actions AS
WITH source AS (
    SELECT DISTINCT channel FROM staging.impressions WHERE fate = 'good' AND channel != 'none'
    UNION
    SELECT DISTINCT channel
    FROM staging.totals
    WHERE
        fate = 'good'
        AND channel != 'none'
        AND NOT EXISTS (SELECT 1 FROM staging.impressions AS shown WHERE shown.fate = 'good')
),

final AS (
    SELECT
        cast(0 AS SMALLINT) AS action,
        'none' AS channel
    UNION ALL
    SELECT
        cast(row_number() OVER (ORDER BY channel) AS SMALLINT) AS action,
        channel
    FROM source
)

SELECT * FROM final;
