-- How text becomes values. Logs are read as text, so that one rule holds for every file format; macros_by_type.sql
-- makes the same of what a Parquet file holds as a time or a number.
-- grain: no rows: macros only
-- units: times are instants, read in the session's time zone (the study's) where the text names no zone;
--        money is int64 micros of the currency unit, rounded half away from zero

-- the linter takes a macro's parameters for types:
-- noqa: disable=CP05

-- Text without surrounding blanks; blank text counts as missing. Looking at both ends is much cheaper than trimming.
CREATE OR REPLACE MACRO trimmed(written) AS CASE
    WHEN ord(written) > 32 AND ord(written[-1]) > 32 THEN written
    ELSE nullif(trim(written, E' \t\r\n'), '')
END;

-- Seconds, milliseconds, microseconds or nanoseconds since 1970, told apart by their number of digits.
CREATE OR REPLACE MACRO epoch_time(written) AS CASE
    WHEN regexp_full_match(written, '[0-9]{9,11}([.][0-9]*)?')
        THEN make_timestamp(cast(cast(written AS DECIMAL(20, 6)) * 1000000 AS BIGINT)) AT TIME ZONE 'UTC'
    WHEN regexp_full_match(written, '[0-9]{12,14}([.][0-9]*)?')
        THEN make_timestamp(cast(cast(written AS DECIMAL(20, 3)) * 1000 AS BIGINT)) AT TIME ZONE 'UTC'
    WHEN regexp_full_match(written, '[0-9]{15,17}([.]0*)?')
        THEN make_timestamp(cast(cast(written AS DECIMAL(20, 0)) AS BIGINT)) AT TIME ZONE 'UTC'
    WHEN regexp_full_match(written, '[0-9]{18,19}')
        THEN make_timestamp(cast(written AS BIGINT) // 1000) AT TIME ZONE 'UTC'
END;

-- ISO text without the blank that some shops' exports write before the zone: 10:00:00 +0100.
CREATE OR REPLACE MACRO with_zone_close(written) AS regexp_replace(
    written, '([0-9]) +(Z|[+-][0-9]{2}:?[0-9]{2})$', '\1\2'
);

-- An instant, finite or not, or NULL: ISO text with or without a zone, or an epoch number.
CREATE OR REPLACE MACRO any_time(written) AS coalesce(
    try_cast(written AS TIMESTAMPTZ), try_cast(with_zone_close(written) AS TIMESTAMPTZ), epoch_time(written)
);

-- The same where it is finite: what is not has no micros. `isfinite` would have every text read twice.
CREATE OR REPLACE MACRO text_time(written) AS make_timestamptz(epoch_us(any_time(written)));

-- Days since 1970-01-01 in the session's time zone.
CREATE OR REPLACE MACRO to_day(moment) AS cast(datediff('day', DATE '1970-01-01', cast(moment AS DATE)) AS INTEGER);

-- Minutes since 1970-01-01 00:00 UTC.
CREATE OR REPLACE MACRO to_minute(moment) AS epoch_us(moment) // 60000000;

-- Text of a number without the commas between its thousands, where they can be nothing else: 4,012.80 and
-- 1,234,567. One comma alone, 1,234, may also stand before decimals and stays.
CREATE OR REPLACE MACRO without_thousands(written) AS CASE
    WHEN
        contains(written, ',')
        AND regexp_full_match(written, '[+-]?[0-9]{1,3}((,[0-9]{3})+[.][0-9]*|(,[0-9]{3}){2,})')
        THEN replace(written, ',', '')
    ELSE written
END;

-- int64 micros from text in currency units, cents or micros; NULL where it is no number or beyond 10^18 units.
CREATE OR REPLACE MACRO text_micros(written, unit) AS CASE unit
    WHEN 'micros' THEN try_cast(try_cast(without_thousands(written) AS DECIMAL(28, 0)) AS BIGINT)
    WHEN 'cents' THEN try_cast(try_cast(without_thousands(written) AS DECIMAL(24, 4)) * 10000 AS BIGINT)
    ELSE try_cast(try_cast(without_thousands(written) AS DECIMAL(24, 6)) * 1000000 AS BIGINT)
END;

-- Text of an amount in currency units, from text in another unit; text that is no amount stays as it is, for
-- the rules below to judge.
CREATE OR REPLACE MACRO in_currency(written, unit) AS coalesce(
    cast(
        cast(text_micros(trimmed(written), unit) AS DECIMAL(20, 0)) * cast(0.000001 AS DECIMAL(7, 6)) AS VARCHAR
    ),
    written
);

-- A number as digits without needless zeros, 1.50 and 01.5 as 1.5: exact however long it is, as ids are. NULL
-- for other text.
CREATE OR REPLACE MACRO plain_number(written) AS CASE
    WHEN regexp_full_match(written, '[+-]?([0-9]+[.]?[0-9]*|[.][0-9]+)')
        THEN
            CASE WHEN written LIKE '-%' AND regexp_matches(written, '[1-9]') THEN '-' ELSE '' END
            || ltrim(regexp_extract(written, '^[+-]?([0-9]*)', 1), '0') || '.'
            || rtrim(regexp_extract(written, '[.]([0-9]*)$', 1), '0')
END;

-- The same of any number, also of 1e5. NULL for other text.
CREATE OR REPLACE MACRO exact_number(written) AS coalesce(
    plain_number(written),
    plain_number(cast(try_cast(written AS DOUBLE) AS VARCHAR)),
    cast(try_cast(written AS DOUBLE) AS VARCHAR)
);

-- Whether a text is one of a list of values; numbers by their value, so that 1.0 is 1. '' is a missing one.
CREATE OR REPLACE MACRO is_one_of(written, known) AS
list_contains(known, coalesce(trimmed(written), ''))
OR coalesce(
    list_contains(list_transform(known, LAMBDA value: exact_number(value)), exact_number(trimmed(written))), FALSE
);

-- Whether an amount that is not 0 has become 0 in micros.
CREATE OR REPLACE MACRO below_a_micro(written, micros) AS
CASE WHEN micros = 0 THEN coalesce(try_cast(written AS DOUBLE) != 0, FALSE) ELSE FALSE END;

-- A number among signs and letters, whose last point or comma stands before the decimals, from its digits, points and
-- commas.
CREATE OR REPLACE MACRO rough_number(marks) AS CASE
    WHEN contains(marks, ',') AND strpos(reverse(marks), ',') < strpos(reverse(marks), '.')
        THEN replace(replace(marks, '.', ''), ',', '.')
    WHEN contains(marks, ',') AND NOT contains(marks, '.') AND NOT regexp_matches(marks, ',[0-9]{3}$')
        THEN replace(marks, ',', '.')
    ELSE replace(marks, ',', '')
END;

-- What a row is called whose key another good row has, with other content. `key` names the key.
CREATE OR REPLACE MACRO other_content(key) AS key || ' again, with other content';

-- Whether a fate is the reason of a refusal.
CREATE OR REPLACE MACRO is_refused(fate) AS fate NOT IN ('good', 'duplicate', 'not_yet_known');

-- A row's id, but not where one column of the log is the row's and the user's: what is quoted names nobody.
CREATE OR REPLACE MACRO unless_it_names(id, user_id) AS CASE WHEN id IS DISTINCT FROM user_id THEN id END;

-- Margin of a revenue: exact decimal product, rounded half away from zero.
CREATE OR REPLACE MACRO margin_of(revenue_micros, margin_rate) AS
cast(round(cast(revenue_micros AS DECIMAL(20, 0)) * cast(margin_rate AS DECIMAL(12, 9)), 0) AS BIGINT);

-- The channel as written; `none` in any case, or the study's own word for it, is the decision to do nothing.
CREATE OR REPLACE MACRO to_channel(written) AS
CASE
    WHEN lower(trimmed(written)) IN ('none', lower(getvariable('idle'))) THEN 'none'
    ELSE trimmed(written)
END;

-- true, false, or NULL where the text is neither. Lists, since IN would join a table for each.
CREATE OR REPLACE MACRO to_flag(written) AS CASE
    WHEN list_contains(['true', 't', 'yes', 'y', '1', '1.0'], lower(written)) THEN TRUE
    WHEN list_contains(['false', 'f', 'no', 'n', '0', '0.0'], lower(written)) THEN FALSE
END;

-- What is wrong with a required time, or NULL. A time beyond every as-of date is no event still to come: it is
-- what a broken file or clock makes of one.
CREATE OR REPLACE MACRO time_fault(label, written, moment) AS CASE
    WHEN written IS NULL THEN label || ' is missing'
    WHEN moment IS NULL THEN label || ' is not a time'
    WHEN moment < TIMESTAMPTZ '1900-01-02 00:00:00+00' THEN label || ' is before 1900'
    WHEN moment >= TIMESTAMPTZ '2101-01-02 00:00:00+00' THEN label || ' is after 2100'
END;

-- What is wrong with a time that may be left out, or NULL.
CREATE OR REPLACE MACRO optional_time_fault(label, written, moment) AS
CASE WHEN written IS NOT NULL AND moment IS NULL THEN label || ' is not a time' END;

-- Events before 2000 come from a broken clock: they would stretch the panel over decades.
CREATE OR REPLACE MACRO clock_fault(moment) AS
CASE WHEN moment < TIMESTAMPTZ '2000-01-02 00:00:00+00' THEN 'ts is before 2000' END;

-- What is wrong with an amount of money that may be left out, or NULL. 10^10 units in one row is no money.
CREATE OR REPLACE MACRO optional_money_fault(label, written, micros) AS CASE
    WHEN written IS NULL THEN NULL
    WHEN micros IS NULL THEN label || ' is not a number'
    WHEN abs(micros) > 10000000000000000 THEN label || ' is too large'
END;

-- What is wrong with a required amount of money, or NULL.
CREATE OR REPLACE MACRO money_fault(label, written, micros) AS
CASE WHEN written IS NULL THEN label || ' is missing' ELSE optional_money_fault(label, written, micros) END;

-- A number that is not money from text, -0 as 0: two rows that say the same must be the same; NULL where none.
CREATE OR REPLACE MACRO to_number(written) AS
CASE WHEN try_cast(written AS DOUBLE) = 0 THEN 0 ELSE try_cast(written AS DOUBLE) END;

-- What is wrong with a required number that is not money, or NULL.
CREATE OR REPLACE MACRO number_fault(label, written, number) AS CASE
    WHEN written IS NULL THEN label || ' is missing'
    WHEN number IS NULL OR NOT isfinite(number) THEN label || ' is not a number'
END;

-- What is wrong with a probability that may be left out, or NULL.
CREATE OR REPLACE MACRO propensity_fault(written, propensity) AS CASE
    WHEN written IS NULL THEN NULL
    WHEN propensity IS NULL THEN 'propensity is not a number'
    WHEN NOT (propensity > 0 AND propensity <= 1) THEN 'propensity is not in (0, 1]'
END;

-- The number of a feature, true and false as 1 and 0; NULL for other text.
CREATE OR REPLACE MACRO feature_value(written) AS
CASE
    WHEN lower(written) IN ('true', 'false') THEN cast(lower(written) = 'true' AS DOUBLE)
    WHEN lower(written) != 'nan' THEN try_cast(written AS DOUBLE)
END;

-- An id without what two exports of it may write differently.
CREATE OR REPLACE MACRO without_blanks(id) AS regexp_replace(id, '[\s\p{Z}\p{Cf}]', '', 'g');
CREATE OR REPLACE MACRO without_decimals(id) AS regexp_replace(id, '^([0-9]+)[.]0+$', '\1');
CREATE OR REPLACE MACRO without_signs(id) AS regexp_replace(id, '[^\p{L}\p{N}]', '', 'g');
CREATE OR REPLACE MACRO bare_id(id) AS ltrim(lower(without_signs(without_decimals(without_blanks(id)))), '0');
