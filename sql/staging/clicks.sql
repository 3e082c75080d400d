-- Every logged click with its fate. A click belongs to an impression and has its user and channel from there.
-- grain: one row per logged row
-- key:   none; among good rows click_id, or (impression_id, ts) where the log has no click_id
-- units: cost_micros int64 micros (0 where the log has no cost); ts instant
-- A click whose impression is not yet known is itself not yet known: the next night uses both.
CREATE TABLE staging.clicks AS
WITH source AS (
    SELECT * FROM raw.clicks
),

renamed AS (
    SELECT
        fault,
        given(click_id) AS click_id,
        given(impression_id) AS impression_id,
        given_number(cost) AS cost,
        given(ts) AS ts_written
    FROM source
),

typed AS (
    SELECT
        *,
        to_micros(cost, getvariable('clicks_money_unit')) AS cost_micros,
        to_time(ts_written) AS ts
    FROM renamed
),

clicked AS (
    SELECT
        impressions.impression_id,
        bool_or(impressions.fate = 'good') AS is_good,
        max(impressions.user_id) FILTER (WHERE impressions.fate = 'good') AS user_id,
        max(impressions.channel) FILTER (WHERE impressions.fate = 'good') AS channel
    FROM staging.impressions
    WHERE
        impressions.fate IN ('good', 'not_yet_known')
        AND impressions.impression_id IN (SELECT renamed.impression_id FROM renamed)
    GROUP BY impressions.impression_id
),

judged AS (
    SELECT
        typed.*,
        clicked.user_id,
        clicked.channel,
        CASE
            WHEN typed.fault IS NOT NULL THEN typed.fault
            WHEN time_fault('ts', typed.ts_written, typed.ts) IS NOT NULL
                THEN time_fault('ts', typed.ts_written, typed.ts)
            WHEN typed.ts >= getvariable('as_of') THEN 'not_yet_known'
            WHEN clock_fault(typed.ts) IS NOT NULL THEN clock_fault(typed.ts)
            WHEN typed.impression_id IS NULL THEN 'impression_id is missing'
            WHEN optional_money_fault('cost', typed.cost, typed.cost_micros) IS NOT NULL
                THEN optional_money_fault('cost', typed.cost, typed.cost_micros)
            WHEN typed.cost_micros < 0 THEN 'cost is negative'
            WHEN clicked.impression_id IS NULL THEN 'click without a known impression'
            WHEN NOT clicked.is_good THEN 'not_yet_known'
            WHEN clicked.channel = 'none' THEN 'click on an impression whose channel is none'
        END AS reason
    FROM typed
    LEFT JOIN clicked ON typed.impression_id = clicked.impression_id
),

fated AS (
    SELECT
        *,
        CASE
            WHEN reason IS NOT NULL THEN reason
            WHEN row_number() OVER same_key = 1 THEN 'good'
            WHEN
                hash(ts, impression_id, cost_micros)
                = first_value(hash(ts, impression_id, cost_micros)) OVER same_key
                THEN 'duplicate'
            ELSE other_content(CASE WHEN click_id IS NULL THEN 'impression_id and ts' ELSE 'click_id' END)
        END AS fate
    FROM judged
    WINDOW same_key AS (
        PARTITION BY
            reason,
            click_id,
            CASE WHEN click_id IS NULL THEN impression_id END,
            CASE WHEN click_id IS NULL THEN ts END
        ORDER BY ts, impression_id, cost_micros
    )
),

final AS (
    SELECT
        click_id,
        impression_id,
        user_id,
        channel,
        ts,
        coalesce(cost_micros, 0) AS cost_micros,
        below_a_micro(cost, cost_micros) AS is_too_small,
        fate,
        CASE
            WHEN is_refused(fate)
                THEN to_json({
                    click_id: click_id, impression_id: impression_id,
                    ts: cast(ts_written AS VARCHAR), cost: cast(cost AS VARCHAR)
                })
        END AS written
    FROM fated
)

SELECT * FROM final;
