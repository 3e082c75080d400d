-- Pseudonyms: the first 8 bytes of HMAC-SHA256(key, user_id) as a signed integer, once per distinct user id.
-- grain: one row per user
-- key:   user_id; entity_key is unique too (sql/checks/pseudonyms_unique.sql)
-- units: place from 1, in the order of keys
-- HMAC(k, m) = H((k xor opad) || H((k xor ipad) || m)); both padded keys are session variables,
-- forgotten after use. Events are sorted by the place, not by the key: by half as many bytes in half the time.
CREATE TABLE staging.pseudonyms AS
WITH source AS (
    SELECT user_id FROM staging.reached
    UNION
    SELECT user_id FROM staging.purchases WHERE fate = 'good'
    UNION
    SELECT user_id FROM staging.visits WHERE fate = 'good'
    UNION
    SELECT user_id FROM staging.outcomes WHERE fate = 'good'
    UNION
    SELECT user_id FROM staging.users WHERE fate = 'good'
    UNION
    -- where every row of a log is one decision, being put into an arm is one too
    SELECT user_id FROM staging.arms WHERE fate = 'good' AND getvariable('single_step')
),

hashed AS (
    SELECT
        user_id,
        cast(
            '0x' || left(sha256(
                getvariable('outer_key') || unhex(sha256(getvariable('inner_key') || encode(user_id)))
            ), 16) AS UBIGINT
        ) AS unsigned_key
    FROM source
),

signed AS (
    SELECT
        user_id,
        CASE
            WHEN unsigned_key < 9223372036854775808 THEN cast(unsigned_key AS BIGINT)
            ELSE cast(cast(unsigned_key AS HUGEINT) - 18446744073709551616 AS BIGINT)
        END AS entity_key
    FROM hashed
),

final AS (
    SELECT
        *,
        cast(row_number() OVER (ORDER BY entity_key) AS INTEGER) AS place
    FROM signed
)

SELECT * FROM final;
