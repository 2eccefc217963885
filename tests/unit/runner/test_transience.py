"""Which failures may pass."""

import psycopg
import pytest
from psycopg import errors

from infrastructure.postgres.transience import described, is_transient


@pytest.mark.parametrize(
    "error",
    [
        errors.SerializationFailure(),
        errors.DeadlockDetected(),
        errors.AdminShutdown(),
        errors.QueryCanceled(),
        errors.TooManyConnections(),
        errors.DiskFull(),
        errors.LockNotAvailable(),
        psycopg.OperationalError("the connection is lost"),
        psycopg.InterfaceError("the connection is closed"),
        ConnectionResetError(),
        TimeoutError(),
    ],
    ids=lambda error: type(error).__name__,
)
def test_a_failing_database_may_come_back(error: Exception) -> None:
    assert is_transient(error)


@pytest.mark.parametrize(
    "error",
    [
        errors.UniqueViolation(),
        errors.NumericValueOutOfRange(),
        errors.CharacterNotInRepertoire(),
        errors.ProgramLimitExceeded(),
        errors.UndefinedTable(),
        psycopg.DataError(),
        ValueError("a bug"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_a_row_that_does_not_fit_never_will(error: Exception) -> None:
    assert not is_transient(error)


def test_other_errors_are_described_whole() -> None:
    assert described(ValueError("a bug")) == "ValueError('a bug')"
