-- The names of channels that any table writes.
-- grain: one row per channel with good rows, except none
-- key:   channel
-- units: none
-- Those of impressions are actions, and need not be looked for again.
WITH named AS (
    SELECT channel FROM staging.actions
    UNION
    SELECT channel FROM staging.opportunities
    WHERE fate = 'good'
    UNION
    SELECT channel FROM staging.totals
    WHERE fate = 'good'
    UNION
    SELECT channel FROM staging.budgets
    WHERE fate = 'good'
    UNION
    SELECT channel FROM staging.experiments
    WHERE fate = 'good'
)

SELECT channel
FROM named
WHERE channel != 'none'
ORDER BY channel
