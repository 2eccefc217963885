"""Tells a failure of the database, which may pass, from an event that cannot be applied, which will not."""

import psycopg

# Connection, transaction rollback (serialization, deadlock), resources, locks, operator's intervention, system.
_CLASSES = ("08", "40", "53", "55", "57", "58")


def is_transient(error: BaseException) -> bool:
    """Whether the same batch may succeed when tried again as it is."""
    if isinstance(error, (psycopg.InterfaceError, OSError, TimeoutError)):
        return True
    if not isinstance(error, psycopg.Error):
        return False
    if error.sqlstate is None:
        return isinstance(error, psycopg.OperationalError)
    return error.sqlstate.startswith(_CLASSES)


def described(error: BaseException) -> str:
    """What went wrong, without the row it went wrong with: that may hold what no log should."""
    if isinstance(error, psycopg.Error) and error.diag.message_primary:
        return f"{type(error).__name__}: {error.diag.message_primary}"
    return repr(error)
