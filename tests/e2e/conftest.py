"""One running shop for most of the stories, in each of the two modes."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pytest

from tests.support.caller import Caller, check_out, demo, listed, newcomer, pay
from tests.support.modes import Mode
from tests.support.system import System


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What the API alone decides is asked for over Kafka too, but not every day."""
    for item in items:
        parameters = item.callspec.params if isinstance(item, pytest.Function) and hasattr(item, "callspec") else {}
        if parameters.get("mode") == "distributed" and item.get_closest_marker("alike"):
            item.add_marker("soak")


@pytest.fixture(scope="package", params=["embedded", "distributed"])
def mode(request: pytest.FixtureRequest) -> Mode:
    """All in process; and over Kafka, with a process for each projection."""
    return Mode(None if request.param == "embedded" else request.getfixturevalue("broker"))


@pytest.fixture(scope="package")
def shop(mode: Mode, tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """Two API processes, with the demo's people and goods; stopped cleanly at the end."""
    system = System(tmp_path_factory.mktemp("shop"), api_processes=2, environment=mode.environment())
    with system:
        yield system
    assert system.exit_code == 0, system.last_lines()


@pytest.fixture(scope="package")
def seller(shop: System) -> Iterator[Caller]:
    with demo(shop.url, "seller") as caller:
        yield caller


@pytest.fixture(scope="package")
def admin(shop: System) -> Iterator[Caller]:
    with demo(shop.url, "admin") as caller:
        yield caller


@pytest.fixture
def buyer(shop: System) -> Iterator[Caller]:
    """A new one for each test: nobody else's cart."""
    with newcomer(shop.url) as caller:
        yield caller


@pytest.fixture(scope="package")
def unanswered(shop: System, seller: Caller) -> Iterator[tuple[Caller, Sequence[Mapping[str, Any]]]]:
    """A buyer, and orders paid for when the provider did not answer; it is asked again after half a minute.

    A module that runs early asks for it, so that the time passes while others run.
    """
    with newcomer(shop.url) as caller:
        product = listed(seller)
        orders = [check_out(caller, product) for _ in range(2)]
        for order, reference in zip(orders, ("txn_timeout_1", "txn_error_1"), strict=True):
            assert pay(caller, order, transactionId=reference)["status"] == "pending"
        yield caller, orders
