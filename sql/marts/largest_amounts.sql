-- The largest amounts of money in single rows: a slip of the decimal point stands at their head.
-- grain: one row per kind, channel and rank; the 20 largest
-- key:   kind, action, rank
-- units: kind `cost` (per impression, or per row of the daily totals) or `revenue` (per purchase, action 0; else
--        per row of the daily totals); day since 1970-01-01; micros int64 micros, above 0;
--        rows_above_zero count of all such rows of this kind and channel; rank from 1, the largest
CREATE TABLE marts.largest_amounts AS
WITH amounts AS (
    SELECT
        'cost' AS kind,
        action,
        day,
        cost_micros AS micros
    FROM marts.exposures
    WHERE action > 0
    UNION ALL
    SELECT
        'cost' AS kind,
        action,
        day,
        cost_micros AS micros
    FROM marts.totals
    WHERE NOT EXISTS (SELECT 1 FROM marts.exposures)
    UNION ALL
    SELECT
        'revenue' AS kind,
        0 AS action,
        day,
        revenue_micros AS micros
    FROM staging.orders
    UNION ALL
    SELECT
        'revenue' AS kind,
        action,
        day,
        revenue_micros AS micros
    FROM marts.totals
    WHERE NOT EXISTS (SELECT 1 FROM staging.orders)
),

-- a list of twenty per group, since ranking every row would sort the whole log
heads AS (
    SELECT
        kind,
        action,
        max(struct_pack(micros := micros, earliness := -day), 20) AS head,
        count(*) AS rows_above_zero
    FROM amounts
    WHERE micros > 0
    GROUP BY kind, action
),

ranked AS (
    SELECT
        kind,
        action,
        rows_above_zero,
        struct_extract(unnest(head), 'micros') AS micros,
        struct_extract(unnest(head), 'earliness') AS earliness,
        generate_subscripts(head, 1) AS rank
    FROM heads
),

final AS (
    SELECT
        kind,
        cast(action AS SMALLINT) AS action,
        cast(rank AS INTEGER) AS rank,
        cast(-earliness AS INTEGER) AS day,
        cast(micros AS BIGINT) AS micros,
        cast(rows_above_zero AS BIGINT) AS rows_above_zero
    FROM ranked
)

SELECT * FROM final;
