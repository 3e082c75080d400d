-- Households as users: a known panel, so that entry is no ad's doing.
-- grain: one row per household
-- key:   user_id
-- units: entry_ts a day; age_years, income_thousands the middle of the band; household_size, kids persons
-- Entry is the first Monday from which purchases are visible: whole weeks, and mailings before it are history.
-- Demographics are known for a third of the households; `demographics_known` is 0 and the others 0 elsewhere.
WITH source AS (
    SELECT household_id FROM source.campaigns
    UNION
    SELECT household_id FROM source.transactions
    UNION
    SELECT household_id FROM source.demographics
    UNION
    SELECT household_id FROM source.coupon_redemptions
),

visible AS (
    SELECT date_trunc('week', min(try_cast(transaction_timestamp AS TIMESTAMP)) + INTERVAL 6 DAYS) AS first_monday
    FROM source.transactions
),

bands AS (
    SELECT
        household_id,
        CASE age
            WHEN '19-24' THEN 22 WHEN '25-34' THEN 30 WHEN '35-44' THEN 40
            WHEN '45-54' THEN 50 WHEN '55-64' THEN 60 WHEN '65+' THEN 70
        END AS age_years,
        CASE income
            WHEN 'Under 15K' THEN 10 WHEN '15-24K' THEN 20 WHEN '25-34K' THEN 30 WHEN '35-49K' THEN 42
            WHEN '50-74K' THEN 62 WHEN '75-99K' THEN 87 WHEN '100-124K' THEN 112 WHEN '125-149K' THEN 137
            WHEN '150-174K' THEN 162 WHEN '175-199K' THEN 187 WHEN '200-249K' THEN 225 WHEN '250K+' THEN 300
        END AS income_thousands,
        try_cast(left(household_size, 1) AS INTEGER) AS household_size,
        coalesce(try_cast(left(kids_count, 1) AS INTEGER), 0) AS kids
    FROM source.demographics
),

final AS (
    SELECT
        source.household_id AS user_id,
        cast(visible.first_monday AS DATE) AS entry_ts,
        cast(bands.household_id IS NOT NULL AS INTEGER) AS demographics_known,
        coalesce(bands.age_years, 0) AS age_years,
        coalesce(bands.income_thousands, 0) AS income_thousands,
        coalesce(bands.household_size, 0) AS household_size,
        coalesce(bands.kids, 0) AS kids
    FROM source
    CROSS JOIN visible
    LEFT JOIN bands ON source.household_id = bands.household_id
    WHERE source.household_id IS NOT NULL
)

SELECT * FROM final
