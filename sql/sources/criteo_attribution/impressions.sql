-- Displays as impressions.
-- grain: one row per display, numbered in file order: the log has no id
-- key:   impression_id
-- units: cost in currency units (transformed by the publisher, so of no real currency); ts instant
-- A campaign outside the largest is `other`. cat1 to cat9 are what the publisher knew of the display.
WITH source AS (
    SELECT
        *,
        rowid + 1 AS row_number
    FROM source.criteo
),

sizes AS (
    SELECT
        campaign,
        row_number() OVER (ORDER BY count(*) DESC, campaign) AS size_rank
    FROM source
    GROUP BY campaign
),

final AS (
    SELECT
        'display-' || source.row_number AS impression_id,
        source.uid AS user_id,
        source.campaign AS campaign_id,
        CASE WHEN sizes.size_rank <= getvariable('largest_campaigns') THEN source.campaign ELSE 'other' END AS channel,
        source.cost,
        coalesce(
            cast(
                TIMESTAMP '2017-01-02' + to_seconds(try_cast(try_cast(source.timestamp AS DOUBLE) AS BIGINT)) AS VARCHAR
            ) || '+00',
            source.timestamp
        ) AS ts,
        source.cat1,
        source.cat2,
        source.cat3,
        source.cat4,
        source.cat5,
        source.cat6,
        source.cat7,
        source.cat8,
        source.cat9
    FROM source
    LEFT JOIN sizes ON source.campaign = sizes.campaign
)

SELECT * FROM final
