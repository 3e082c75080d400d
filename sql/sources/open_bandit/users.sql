-- Every visit as a user of its own: the log does not say who came twice.
-- grain: one row per recommendation
-- key:   user_id
-- units: entry_ts instant of the recommendation; user_feature_0 to 3 hashed categories
WITH source AS (
    SELECT
        *,
        rowid + 1 AS row_number
    FROM source.open_bandit
),

final AS (
    SELECT
        'visit-' || row_number AS user_id,
        timestamp AS entry_ts,
        user_feature_0,
        user_feature_1,
        user_feature_2,
        user_feature_3
    FROM source
)

SELECT * FROM final
