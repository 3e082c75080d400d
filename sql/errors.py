"""Errors a user can mend. Each carries one clear sentence and the exit code of `allot`."""


class AllotError(Exception):
    """Base: the message says what was wrong, where, and what would be right."""

    exit_code = 1


class StudyError(AllotError):
    """The study file or a command-line argument is wrong."""

    exit_code = 2


class LockedError(AllotError):
    """Another run of the same study is at work."""

    exit_code = 3


class StoreError(AllotError):
    """The night is published, and its copy in an object store is not whole."""

    exit_code = 5


class LogError(AllotError):
    """The logs cannot be used: a file or a column is missing, too many rows are bad."""

    exit_code = 4
