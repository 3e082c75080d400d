-- Remarks on the log that a careful reader should know.
-- grain: one row per remark
-- key:   remark
-- units: none
WITH by_ad AS (
    SELECT
        count(*) FILTER (WHERE entry_by_ad) AS users_by_ad,
        count(*) AS users
    FROM marts.entities
),

delays AS (
    SELECT
        count(*) AS purchases,
        count(*) FILTER (WHERE known_ts > ts) AS delayed,
        count(*) FILTER (WHERE is_returned) AS returned,
        count(*) FILTER (WHERE margin_is_filled) AS without_margin
    FROM staging.purchases
    WHERE fate = 'good'
)

SELECT
    CASE
        WHEN users < getvariable('min_cell_users') THEN 'Some'
        WHEN users_by_ad < getvariable('min_cell_users') THEN 'Fewer than ' || getvariable('min_cell_users')
        WHEN users_by_ad < users AND users - users_by_ad < getvariable('min_cell_users') THEN 'Nearly all'
        ELSE cast(users_by_ad AS VARCHAR)
    END
    || CASE WHEN users < getvariable('min_cell_users') THEN '' ELSE ' of ' || users END
    || ' users entered with an ad: who no ad reached is not seen.' AS remark
FROM by_ad
WHERE users_by_ad > 0
UNION ALL
SELECT 'Purchases carry no reporting delay: each counts as known when it was made.' AS remark
FROM delays
WHERE purchases > 0 AND delayed = 0
UNION ALL
SELECT returned || ' returned purchases are worth nothing.' AS remark
FROM delays
WHERE returned > 0
UNION ALL
SELECT
    'No purchase carries a margin, and the study sets no decision.margin_rate: all of the revenue counts as margin, '
    || 'as if goods cost nothing.' AS remark
FROM delays
WHERE without_margin > 0 AND NOT getvariable('margin_rate_is_set')
UNION ALL
SELECT
    without_margin || ' of ' || purchases || ' purchases carry no margin: decision.margin_rate = '
    || getvariable('margin_rate') || ' of their revenue stands in for it.' AS remark
FROM delays
WHERE without_margin > 0 AND without_margin < purchases
ORDER BY remark
