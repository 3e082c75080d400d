-- Every row of the daily totals with its fate.
-- grain: one row per logged row
-- key:   none; (date, channel, campaign_id) is unique among good rows; a log without campaigns has NULL there
-- units: spend_micros, revenue_micros int64 micros; impressions, clicks counts; day since 1970-01-01
-- A row of the channel none, with a spend of 0, holds the sales that no channel claims.
CREATE TABLE staging.totals AS
WITH source AS (
    SELECT * FROM raw.totals
),

renamed AS (
    SELECT
        fault,
        to_channel(channel) AS channel,
        given(campaign_id) AS campaign_id,
        given(spend) AS spend,
        given_number(revenue) AS revenue,
        given_number(impressions) AS impressions_written,
        given_number(clicks) AS clicks_written,
        given(date) AS date_written
    FROM source
),

typed AS (
    SELECT
        *,
        to_micros(spend, getvariable('totals_money_unit')) AS spend_micros,
        to_micros(revenue, getvariable('totals_money_unit')) AS revenue_micros,
        try_cast(try_cast(impressions_written AS DECIMAL(24, 0)) AS BIGINT) AS impressions,
        try_cast(try_cast(clicks_written AS DECIMAL(24, 0)) AS BIGINT) AS clicks,
        to_time(date_written) AS ts
    FROM renamed
),

judged AS (
    SELECT
        *,
        CASE
            WHEN fault IS NOT NULL THEN fault
            WHEN time_fault('date', date_written, ts) IS NOT NULL THEN time_fault('date', date_written, ts)
            WHEN ts >= getvariable('as_of') THEN 'not_yet_known'
            WHEN clock_fault(ts) IS NOT NULL THEN 'date is before 2000'
            WHEN channel IS NULL THEN 'channel is missing'
            WHEN money_fault('spend', spend, spend_micros) IS NOT NULL
                THEN money_fault('spend', spend, spend_micros)
            WHEN spend_micros < 0 THEN 'spend is negative'
            WHEN channel = 'none' AND spend_micros > 0 THEN 'spend on the channel none'
            WHEN optional_money_fault('revenue', revenue, revenue_micros) IS NOT NULL
                THEN optional_money_fault('revenue', revenue, revenue_micros)
            WHEN impressions_written IS NOT NULL AND impressions IS NULL THEN 'impressions is not a number'
            WHEN clicks_written IS NOT NULL AND clicks IS NULL THEN 'clicks is not a number'
            WHEN impressions < 0 OR clicks < 0 THEN 'a count is negative'
        END AS reason
    FROM typed
),

fated AS (
    SELECT
        *,
        CASE
            WHEN reason IS NOT NULL THEN reason
            WHEN row_number() OVER same_key = 1 THEN 'good'
            WHEN
                hash(spend_micros, revenue_micros, impressions, clicks)
                = first_value(hash(spend_micros, revenue_micros, impressions, clicks)) OVER same_key
                THEN 'duplicate'
            ELSE other_content('date, channel and campaign_id')
        END AS fate
    FROM judged
    WINDOW same_key AS (
        PARTITION BY to_day(ts), channel, campaign_id, reason
        ORDER BY spend_micros, revenue_micros, impressions, clicks
    )
),

final AS (
    SELECT
        channel,
        campaign_id,
        spend_micros,
        below_a_micro(spend, spend_micros) AS is_too_small,
        revenue_micros,
        impressions,
        clicks,
        to_day(ts) AS day,
        fate,
        CASE
            WHEN is_refused(fate)
                THEN to_json({
                    date: date_written, channel: channel, campaign_id: campaign_id, spend: spend,
                    revenue: cast(revenue AS VARCHAR), impressions: impressions_written, clicks: clicks_written
                })
        END AS written
    FROM fated
)

SELECT * FROM final;
