-- The names of channels by the table that writes them.
-- grain: one row per table and channel with good rows, except none
-- key:   log_table, channel
-- units: none
-- Channels are told apart before they are labelled: one column to group by, not two.
WITH named AS (
    SELECT
        'impressions' AS log_table,
        unnest(list(DISTINCT channel)) AS channel
    FROM staging.impressions
    WHERE fate = 'good'
    UNION ALL
    SELECT
        'opportunities' AS log_table,
        unnest(list(DISTINCT channel)) AS channel
    FROM staging.opportunities
    WHERE fate = 'good'
    UNION ALL
    SELECT
        'totals' AS log_table,
        unnest(list(DISTINCT channel)) AS channel
    FROM staging.totals
    WHERE fate = 'good'
    UNION ALL
    SELECT
        'budgets' AS log_table,
        unnest(list(DISTINCT channel)) AS channel
    FROM staging.budgets
    WHERE fate = 'good'
    UNION ALL
    SELECT
        'experiments' AS log_table,
        unnest(list(DISTINCT channel)) AS channel
    FROM staging.experiments
    WHERE fate = 'good'
)

SELECT *
FROM named
WHERE channel != 'none'
ORDER BY log_table, channel
