-- Days on which an entity was shown a channel and no good row says so: every impression of them was refused.
-- grain: one row per user, channel and day
-- key:   user_id, channel, day
-- units: day since 1970-01-01
-- Opportunities of such a day were used. Counted, they would say that the channel could have been shown and was not.
CREATE TABLE staging.lost_ads AS
WITH refused AS (
    SELECT DISTINCT
        user_id,
        channel,
        to_day(ts) AS day
    FROM staging.impressions
    WHERE is_refused(fate) AND user_id IS NOT NULL AND channel != 'none' AND ts < getvariable('as_of')
),

known AS (
    SELECT
        source.user_id,
        source.channel,
        minutes.day
    FROM staging.impressions AS source
    SEMI JOIN refused ON source.user_id = refused.user_id AND source.channel = refused.channel
    INNER JOIN staging.minutes AS minutes ON source.minute = minutes.minute
    WHERE source.fate = 'good'
),

final AS (
    SELECT refused.*
    FROM refused
    ANTI JOIN known
        ON refused.user_id = known.user_id AND refused.channel = known.channel AND refused.day = known.day
)

SELECT * FROM final;
