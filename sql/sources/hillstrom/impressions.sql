-- The randomised decision for each customer: which e-mail, or none.
-- grain: one row per customer
-- key:   impression_id
-- units: cost in currency units, the study's mailing_cost (0 for none); propensity probability
-- An arm the test did not have keeps its text as channel and has no propensity, so the tier shows it.
WITH source AS (
    SELECT
        rowid + 1 AS row_number,
        segment
    FROM source.hillstrom
),

renamed AS (
    SELECT
        'customer-' || row_number AS user_id,
        'mail-' || row_number AS impression_id,
        CASE segment
            WHEN 'Mens E-Mail' THEN 'mens' WHEN 'Womens E-Mail' THEN 'womens' WHEN 'No E-Mail' THEN 'none'
            ELSE segment
        END AS channel
    FROM source
),

final AS (
    SELECT
        impression_id,
        user_id,
        channel,
        channel AS campaign_id,
        '2008-03-20' AS ts,
        CASE WHEN channel = 'none' THEN 0 ELSE getvariable('mailing_cost') END AS cost,
        CASE WHEN channel IN ('mens', 'womens', 'none') THEN 1.0 / 3 END AS propensity
    FROM renamed
)

SELECT * FROM final
