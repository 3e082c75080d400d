-- The minutes in which ads and opportunities happened, and the day of each: asked once per minute, not once per row.
-- grain: one row per minute with a good impression or an eligible opportunity
-- key:   minute
-- units: minute since 1970-01-01 00:00 UTC; day since 1970-01-01; first_second of the day, since 1970-01-01 00:00 UTC
-- Days begin on a whole minute in every time zone since 1972, and good rows are younger.
CREATE TABLE staging.minutes AS
WITH source AS (
    SELECT minute FROM staging.impressions WHERE fate = 'good'
    UNION
    SELECT minute FROM staging.opportunities WHERE fate = 'good' AND is_eligible
),

dated AS (
    SELECT
        minute,
        to_day(make_timestamptz(minute * 60000000)) AS day
    FROM source
),

final AS (
    SELECT
        minute,
        day,
        epoch_us(cast(DATE '1970-01-01' + day AS TIMESTAMPTZ)) // 1000000 AS first_second
    FROM dated
)

SELECT * FROM final;
