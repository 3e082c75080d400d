-- Every logged purchase with its fate.
-- grain: one row per logged row
-- key:   none; purchase_id is unique among good rows whose revenue is not negative
-- units: revenue_micros, margin_micros int64 micros (margin from the margin rate where the log has none: where
--        margin_is_filled); ts, known_ts instants
-- A missing margin beside others is no revenue: such a row is refused, unless the study sets the rate itself.
-- Revenue may be negative: a refund, under an id of its own or its order's, which may have several. A returned
-- purchase is worth nothing once the return is known, from whichever of its equal rows.
CREATE TABLE staging.purchases AS
WITH source AS (
    SELECT * FROM raw.purchases
),

renamed AS (
    SELECT
        fault,
        given(purchase_id) AS purchase_id,
        given(user_id) AS user_id,
        given(revenue) AS revenue,
        given_number(margin) AS margin,
        given(ts) AS ts_written,
        given(knowledge_ts) AS knowledge_ts_written,
        given(returned_ts) AS returned_ts_written
    FROM source
),

typed AS (
    SELECT
        *,
        to_micros(revenue, getvariable('purchases_money_unit')) AS revenue_micros,
        to_micros(margin, getvariable('purchases_money_unit')) AS margin_micros,
        to_time(ts_written) AS ts,
        to_time(knowledge_ts_written) AS knowledge_ts,
        to_time(returned_ts_written) AS returned_ts
    FROM renamed
),

known AS (
    SELECT
        *,
        greatest(ts, coalesce(knowledge_ts, ts)) AS known_ts
    FROM typed
),

with_margins AS (
    SELECT coalesce(bool_or(margin IS NOT NULL), FALSE) AS log_has_margins
    FROM known
    WHERE coalesce(known_ts < getvariable('as_of'), TRUE)
),

judged AS (
    SELECT
        *,
        CASE
            WHEN fault IS NOT NULL THEN fault
            WHEN time_fault('ts', ts_written, ts) IS NOT NULL THEN time_fault('ts', ts_written, ts)
            WHEN optional_time_fault('knowledge_ts', knowledge_ts_written, knowledge_ts) IS NOT NULL
                THEN 'knowledge_ts is not a time'
            WHEN known_ts >= getvariable('as_of') THEN 'not_yet_known'
            WHEN clock_fault(ts) IS NOT NULL THEN clock_fault(ts)
            WHEN purchase_id IS NULL THEN 'purchase_id is missing'
            WHEN user_id IS NULL THEN 'user_id is missing'
            WHEN money_fault('revenue', revenue, revenue_micros) IS NOT NULL
                THEN money_fault('revenue', revenue, revenue_micros)
            WHEN optional_money_fault('margin', margin, margin_micros) IS NOT NULL
                THEN optional_money_fault('margin', margin, margin_micros)
            WHEN
                margin IS NULL
                AND NOT getvariable('margin_rate_is_set')
                AND (SELECT with_margins.log_has_margins FROM with_margins)
                THEN 'margin is missing, and the study sets no margin_rate'
            WHEN optional_time_fault('returned_ts', returned_ts_written, returned_ts) IS NOT NULL
                THEN 'returned_ts is not a time'
        END AS reason
    FROM known
),

told_apart AS (
    SELECT
        *,
        CASE WHEN revenue_micros < 0 THEN hash(ts, user_id, revenue_micros, margin_micros) END AS refund
    FROM judged
),

fated AS (
    SELECT
        *,
        min(returned_ts) OVER (
            PARTITION BY purchase_id, reason, hash(ts, user_id, revenue_micros, margin_micros)
        ) AS first_returned_ts,
        CASE
            WHEN reason IS NOT NULL THEN reason
            WHEN row_number() OVER same_key = 1 THEN 'good'
            WHEN
                hash(ts, user_id, revenue_micros, margin_micros)
                = first_value(hash(ts, user_id, revenue_micros, margin_micros)) OVER same_key
                THEN 'duplicate'
            ELSE other_content('purchase_id')
        END AS fate
    FROM told_apart
    WINDOW same_key AS (
        PARTITION BY purchase_id, refund, reason
        ORDER BY known_ts, ts, user_id, revenue_micros, margin_micros, returned_ts
    )
),

final AS (
    SELECT
        purchase_id,
        user_id,
        revenue_micros,
        below_a_micro(revenue, revenue_micros) AS is_too_small,
        coalesce(margin_micros, margin_of(revenue_micros, getvariable('margin_rate'))) AS margin_micros,
        margin_micros IS NULL AS margin_is_filled,
        ts,
        known_ts,
        coalesce(first_returned_ts < getvariable('as_of'), FALSE) AS is_returned,
        fate,
        CASE
            WHEN is_refused(fate)
                THEN to_json({
                    purchase_id: unless_it_names(purchase_id, user_id),
                    ts: cast(ts_written AS VARCHAR), revenue: cast(revenue AS VARCHAR), margin: cast(margin AS VARCHAR),
                    knowledge_ts: cast(knowledge_ts_written AS VARCHAR),
                    returned_ts: cast(returned_ts_written AS VARCHAR)
                })
        END AS written
    FROM fated
)

SELECT * FROM final;
