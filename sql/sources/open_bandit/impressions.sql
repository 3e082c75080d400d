-- Recommendations as single decisions: which item, in a position that was given.
-- grain: one row per recommendation, numbered in file order: the log has no id
-- key:   impression_id
-- units: cost 0 currency units; propensity probability of the item in that position; ts instant
WITH source AS (
    SELECT
        *,
        rowid + 1 AS row_number
    FROM source.open_bandit
),

final AS (
    SELECT
        'shown-' || row_number AS impression_id,
        'visit-' || row_number AS user_id,
        'item ' || item_id AS channel,
        item_id AS campaign_id,
        '0' AS cost,
        propensity_score AS propensity,
        timestamp AS ts,
        position
    FROM source
)

SELECT * FROM final
