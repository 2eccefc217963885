"""What tests of streaming may ask for beyond a broker."""

import pytest

from tests.support.broker import leave_out, local_hindrance


@pytest.fixture(scope="session")
def kafka_tools() -> None:
    """Java and Maven, for a test that starts brokers itself."""
    reason = local_hindrance()
    if reason is not None:
        leave_out(reason)
