-- Every row of the counts per arm of a test, with its fate.
-- grain: one row per logged row
-- key:   none; (test, day, arm) is unique among good rows; a log without tests or days has NULL there
-- units: n, successes counts; total, total_of_squares the outcome's own unit and its square; day since 1970-01-01
-- An arm is told by n and successes, or by n, sum and sum_of_squares, or by all four.
CREATE TABLE staging.counts AS
WITH source AS (
    SELECT * FROM raw.counts
),

renamed AS (
    SELECT
        fault,
        given(test) AS test,
        to_channel(arm) AS arm,
        given(n) AS n_written,
        given_number(successes) AS successes_written,
        try_cast(try_cast(given(successes) AS DECIMAL(24, 0)) AS BIGINT) AS successes,
        to_number(given(successes)) AS successes_number,
        given_number(sum) AS sum_written,
        given_number(sum_of_squares) AS squares_written,
        given(day) AS day_written
    FROM source
),

typed AS (
    SELECT
        *,
        try_cast(try_cast(n_written AS DECIMAL(24, 0)) AS BIGINT) AS n,
        to_number(n_written) AS n_number,
        to_number(sum_written) AS total,
        to_number(squares_written) AS total_of_squares,
        to_time(day_written) AS ts
    FROM renamed
),

judged AS (
    SELECT
        *,
        CASE
            WHEN fault IS NOT NULL THEN fault
            WHEN day_written IS NOT NULL AND time_fault('day', day_written, ts) IS NOT NULL
                THEN time_fault('day', day_written, ts)
            WHEN ts >= getvariable('as_of') THEN 'not_yet_known'
            WHEN clock_fault(ts) IS NOT NULL THEN 'day is before 2000'
            WHEN arm IS NULL THEN 'arm is missing'
            WHEN number_fault('n', n_written, n_number) IS NOT NULL THEN number_fault('n', n_written, n_number)
            WHEN n IS NULL OR n != n_number OR n < 0 THEN 'n is no count'
            WHEN successes_written IS NULL AND (sum_written IS NULL OR squares_written IS NULL)
                THEN 'successes is missing, or sum and sum_of_squares'
            WHEN
                successes_written IS NOT NULL
                AND number_fault('successes', successes_written, successes_number) IS NOT NULL
                THEN number_fault('successes', successes_written, successes_number)
            WHEN successes_written IS NOT NULL AND (successes IS NULL OR successes != successes_number OR successes < 0)
                THEN 'successes is no count'
            WHEN successes > n THEN 'more successes than n'
            WHEN sum_written IS NOT NULL AND number_fault('sum', sum_written, total) IS NOT NULL
                THEN number_fault('sum', sum_written, total)
            WHEN
                squares_written IS NOT NULL
                AND number_fault('sum_of_squares', squares_written, total_of_squares) IS NOT NULL
                THEN number_fault('sum_of_squares', squares_written, total_of_squares)
            WHEN (sum_written IS NULL) != (squares_written IS NULL) THEN 'one of sum and sum_of_squares is missing'
            WHEN n = 0 AND (total != 0 OR total_of_squares != 0) THEN 'a sum over nobody'
            WHEN total_of_squares * n < total * total * (1 - 1e-9)
                THEN 'sum_of_squares is smaller than any outcomes of this sum have'
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
                hash(n, successes, total, total_of_squares)
                = first_value(hash(n, successes, total, total_of_squares)) OVER same_key
                THEN 'duplicate'
            ELSE other_content('test, day and arm')
        END AS fate
    FROM judged
    WINDOW same_key AS (
        PARTITION BY test, to_day(ts), arm, reason
        ORDER BY n, successes, total, total_of_squares
    )
),

final AS (
    SELECT
        test,
        arm,
        n,
        successes,
        total,
        total_of_squares,
        to_day(ts) AS day,
        fate,
        CASE
            WHEN is_refused(fate)
                THEN to_json({
                    test: test, day: day_written, arm: arm, n: n_written, successes: successes_written,
                    sum: sum_written, sum_of_squares: squares_written
                })
        END AS written
    FROM fated
)

SELECT * FROM final;
