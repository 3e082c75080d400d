-- Logged decisions: what was shown (or, action 0, deliberately not shown), by entity, time and impression_id.
-- grain: one row per impression
-- key:   entity_key, day, ordinal
-- units: ts instant; day since 1970-01-01; ordinal from 0 within a day; second_of_day since midnight, up to 90,000
--        where clocks go back; cost_micros int64 micros, click cost included; clicks count (on any later day too);
--        propensity probability
-- ts and segment are for other models: the mart's file has neither.
CREATE TABLE marts.exposures AS
WITH source AS (
    SELECT * FROM staging.impressions WHERE fate = 'good'
),

clicked AS (
    SELECT
        impression_id,
        count(*) AS clicks,
        sum(cost_micros) AS cost_micros
    FROM staging.click_events
    GROUP BY impression_id
),

sorted AS (
    SELECT
        pseudonyms.entity_key,
        source.ts,
        minutes.day,
        cast(epoch_us(source.ts) // 1000000 - minutes.first_second AS INTEGER) AS second_of_day,
        actions.action,
        cast(source.cost_micros + coalesce(clicked.cost_micros, 0) AS BIGINT) AS cost_micros,
        cast(coalesce(clicked.clicks, 0) AS INTEGER) AS clicks,
        source.propensity,
        source.segment,
        source.context
    FROM source
    INNER JOIN staging.pseudonyms AS pseudonyms ON source.user_id = pseudonyms.user_id
    INNER JOIN staging.actions AS actions ON source.channel = actions.channel
    INNER JOIN staging.minutes AS minutes ON source.minute = minutes.minute
    LEFT JOIN clicked ON source.impression_id = clicked.impression_id
    ORDER BY pseudonyms.place, source.ts, source.impression_id
),

-- windows without an order go by the order of rows, which spares a second sort (checks/keys_unique.sql);
-- the linter knows no frame without one
placed AS (
    SELECT
        *,
        row_number() OVER () AS place,
        entity_key = lag(entity_key) OVER () AND day = lag(day) OVER () AS goes_on
    FROM sorted
),

begun AS (
    SELECT
        *,
        CASE WHEN goes_on THEN 0 ELSE place END AS first_place
    FROM placed
),

final AS (
    SELECT
        entity_key,
        ts,
        segment,
        day,
        cast(
            place - max(first_place) OVER (ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS INTEGER -- noqa
        ) AS ordinal,
        action,
        second_of_day,
        cost_micros,
        clicks,
        propensity,
        context
    FROM begun
)

SELECT * FROM final;
