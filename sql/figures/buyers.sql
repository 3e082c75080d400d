-- How many buyers the ad tables know, and how many more they would know if ids were written alike.
-- grain: one row
-- key:   none
-- units: counts of distinct user ids. without_* counts missing buyers whose id equals one of the ad tables once
--        both are written so; alike: once all of it is done. The two ids are one such pair, or else any missing
--        buyer and any id of the ad tables; they are for describing, never for printing.
WITH shown AS (
    SELECT user_id FROM staging.reached
),

buyers AS (
    SELECT DISTINCT user_id FROM staging.purchases WHERE fate = 'good'
),

missing AS (
    SELECT buyers.user_id FROM buyers ANTI JOIN shown ON buyers.user_id = shown.user_id
),

-- respelled only where somebody is missing: most logs never come here
asked AS (
    SELECT user_id FROM shown WHERE EXISTS (SELECT 1 FROM missing)
),

same_case AS (
    SELECT count(*) AS n FROM missing SEMI JOIN asked ON lower(missing.user_id) = lower(asked.user_id)
),

same_blanks AS (
    SELECT count(*) AS n
    FROM missing
    SEMI JOIN asked ON without_blanks(missing.user_id) = without_blanks(asked.user_id)
),

same_decimals AS (
    SELECT count(*) AS n
    FROM missing
    SEMI JOIN asked ON without_decimals(missing.user_id) = without_decimals(asked.user_id)
),

same_zeros AS (
    SELECT count(*) AS n FROM missing SEMI JOIN asked ON ltrim(missing.user_id, '0') = ltrim(asked.user_id, '0')
),

same_signs AS (
    SELECT count(*) AS n
    FROM missing
    SEMI JOIN asked ON without_signs(missing.user_id) = without_signs(asked.user_id)
),

pairs AS (
    SELECT
        missing.user_id AS buyer,
        min(asked.user_id) AS known
    FROM missing
    INNER JOIN asked ON bare_id(missing.user_id) = bare_id(asked.user_id)
    GROUP BY missing.user_id
)

SELECT
    (SELECT count(*) FROM buyers) AS buyers,
    (SELECT count(*) FROM missing) AS missing,
    (SELECT count(*) FROM shown) AS shown,
    (SELECT count(*) FROM staging.pseudonyms) AS everyone,
    (SELECT count(*) FROM pairs) AS alike,
    (SELECT n FROM same_case) AS without_case,
    (SELECT n FROM same_blanks) AS without_blanks,
    (SELECT n FROM same_decimals) AS without_decimals,
    (SELECT n FROM same_zeros) AS without_zeros,
    (SELECT n FROM same_signs) AS without_signs,
    coalesce((SELECT min(buyer) FROM pairs), (SELECT min(user_id) FROM missing)) AS buyer,
    coalesce((SELECT arg_min(known, buyer) FROM pairs), (SELECT min(user_id) FROM asked)) AS known
