"""Connection strings with a limit on everything that could wait for ever."""

from psycopg.conninfo import conninfo_to_dict, make_conninfo

CONNECT_SECONDS = 5
STATEMENT_SECONDS = 5.0


def bounded(
    conninfo: str,
    *,
    application_name: str,
    statement_seconds: float = STATEMENT_SECONDS,
    idle_in_transaction_seconds: float = STATEMENT_SECONDS,
) -> str:
    """`conninfo` (key-value or URL) with timeouts on connecting, statements, idle transactions and dead peers.

    Zero seconds is no limit, for migrations and replays. What the string sets itself, stays.
    """
    given = conninfo_to_dict(conninfo)
    options = (
        f"-c statement_timeout={round(statement_seconds * 1000)}"
        f" -c idle_in_transaction_session_timeout={round(idle_in_transaction_seconds * 1000)}"
    )
    defaults: dict[str, str | int] = {
        "connect_timeout": CONNECT_SECONDS,
        "application_name": application_name,
        "keepalives_idle": 10,
        "keepalives_interval": 5,
        "keepalives_count": 3,
        "tcp_user_timeout": 15_000,
    }
    merged = defaults | {name: value for name, value in given.items() if value is not None}
    merged["options"] = f"{options} {given.get('options') or ''}".strip()
    return make_conninfo("", **merged)
