"""A relay's session is given up within seconds by whichever end is left alone."""

import pytest
from psycopg.conninfo import conninfo_to_dict

from infrastructure.streaming import relay_state

REMOTE = "postgresql://till@db.internal:5432/till"


def options(conninfo: str) -> str:
    return str(conninfo_to_dict(relay_state._vigilant(conninfo))["options"])


def test_the_relay_notices_within_seconds_that_its_server_is_gone() -> None:
    given = conninfo_to_dict(relay_state._vigilant(REMOTE))
    idle, interval, count = (int(str(given[f"keepalives_{name}"])) for name in ("idle", "interval", "count"))
    assert idle + interval * count < 5
    assert int(str(given["tcp_user_timeout"])) < 5_000


def test_the_server_notices_within_seconds_that_its_relay_is_gone() -> None:
    for setting in ("tcp_keepalives_idle=2", "tcp_keepalives_interval=1", "tcp_keepalives_count=2"):
        assert f"-c {setting}" in options(REMOTE)
    assert "-c tcp_user_timeout=4000" in options(REMOTE)


def test_what_the_connection_string_sets_itself_stays() -> None:
    both = options(f"{REMOTE}?options=-c%20search_path%3Dx")
    assert both.endswith("-c search_path=x")
    assert "tcp_user_timeout" in both
    assert conninfo_to_dict(relay_state._vigilant(REMOTE))["host"] == "db.internal"
    assert conninfo_to_dict(relay_state._vigilant(f"{REMOTE}?keepalives_idle=60"))["keepalives_idle"] == "60"


@pytest.mark.parametrize("limit", ["statement_timeout=5000", "idle_in_transaction_session_timeout=5000"])
def test_no_statement_of_its_takes_longer_than_others_may(limit: str) -> None:
    assert f"-c {limit}" in options(REMOTE)
