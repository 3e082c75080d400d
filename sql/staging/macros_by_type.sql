-- How a column becomes values, whatever it holds: text, or a time or a number that a Parquet file holds as such
-- (sql/kept_types.py). A macro has a body per type, and all make the same of the same value: of every other type the
-- text is read by macros.sql.
-- grain: no rows: macros only
-- units: as in macros.sql

-- the linter knows no macro of several bodies:
-- noqa: disable=all

-- What a column gives: text trimmed, anything else as it is.
CREATE OR REPLACE MACRO given(written VARCHAR) AS trimmed(written),
(written TIMESTAMP) AS written,
(written TIMESTAMPTZ) AS written,
(written TIMESTAMP_NS) AS written,
(written DOUBLE) AS written;

-- The same of a number that may be left out, for which `nan` stands too.
CREATE OR REPLACE MACRO given_number(written VARCHAR) AS nullif(lower(trimmed(written)), 'nan'),
(written DOUBLE) AS CASE WHEN NOT isnan(written) THEN written END;

-- A finite instant, or NULL. Of nanoseconds text keeps the whole micros, and so does this.
CREATE OR REPLACE MACRO to_time(written VARCHAR) AS text_time(written),
(written TIMESTAMPTZ) AS CASE WHEN isfinite(written) THEN written END,
(written TIMESTAMP) AS CASE WHEN isfinite(written) THEN try_cast(written AS TIMESTAMPTZ) END,
(written TIMESTAMP_NS) AS CASE
    WHEN isfinite(written) AND epoch_ns(written) >= 0
        THEN cast(make_timestamp(epoch_ns(written) // 1000) AS TIMESTAMPTZ)
    WHEN isfinite(written) THEN try_cast(cast(written AS VARCHAR) AS TIMESTAMPTZ)
END;

-- int64 micros. Below a million currency units a product is right to .001 micros, which decides how all numbers round
-- but those next to half a micro; the others are asked by their digits.
CREATE OR REPLACE MACRO to_micros(written VARCHAR, unit VARCHAR) AS text_micros(written, unit),
(written DOUBLE, unit VARCHAR) AS CASE
    WHEN
        unit = 'currency'
        AND abs(written) < 1000000
        AND abs(written * 1000000 - floor(written * 1000000) - 0.5) > 0.01
        THEN cast(round(written * 1000000) AS BIGINT)
    ELSE text_micros(cast(written AS VARCHAR), unit)
END;
