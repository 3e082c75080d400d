-- Customers with what was known before the test.
-- grain: one row per customer
-- key:   user_id
-- units: recency months since the last purchase; history currency units spent in the past year;
--        mens, womens, newbie yes/no; zip_code, past_channel text
-- `channel` of the file is how the customer bought in the past year: `past_channel` here.
WITH source AS (
    SELECT
        *,
        rowid + 1 AS row_number
    FROM source.hillstrom
),

final AS (
    SELECT
        'customer-' || row_number AS user_id,
        '2008-03-20' AS entry_ts,
        recency,
        history,
        mens,
        womens,
        newbie,
        zip_code,
        channel AS past_channel
    FROM source
)

SELECT * FROM final
