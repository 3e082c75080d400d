-- Conversions as purchases, each once, whichever displays it followed and whether or not one was credited.
-- grain: one row per conversion
-- key:   purchase_id
-- units: revenue in the units of cost: the largest price per order (cpo) among its displays; ts instant
-- The log knows a conversion only where a display came in the 30 days before: buyers without one are not seen.
WITH source AS (
    SELECT
        conversion_id,
        uid,
        conversion_timestamp,
        try_cast(cpo AS DECIMAL(18, 6)) AS cpo
    FROM source.criteo
    WHERE try_cast(conversion AS DOUBLE) = 1 AND try_cast(conversion_id AS DOUBLE) IS DISTINCT FROM -1
),

final AS (
    SELECT
        conversion_id || '|' || uid AS purchase_id,
        uid AS user_id,
        cast(max(cpo) AS VARCHAR) AS revenue,
        coalesce(
            cast(
                TIMESTAMP '2017-01-02' + to_seconds(min(try_cast(try_cast(conversion_timestamp AS DOUBLE) AS BIGINT)))
                AS VARCHAR
            ) || '+00',
            min(conversion_timestamp)
        ) AS ts
    FROM source
    GROUP BY conversion_id, uid
)

SELECT * FROM final
