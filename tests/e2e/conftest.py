"""One running shop for most of the stories, and one whose orders expire quickly."""

from collections.abc import Iterator

import pytest

from tests.support.caller import Caller, demo, newcomer
from tests.support.system import System


@pytest.fixture(scope="session")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """Two API processes and a worker, with the demo's people and goods; stopped cleanly at the end."""
    system = System(tmp_path_factory.mktemp("shop"), api_processes=2)
    with system:
        yield system
    assert system.exit_code == 0, system.last_lines()


@pytest.fixture(scope="session")
def seller(shop: System) -> Iterator[Caller]:
    with demo(shop.url, "seller") as caller:
        yield caller


@pytest.fixture(scope="session")
def admin(shop: System) -> Iterator[Caller]:
    with demo(shop.url, "admin") as caller:
        yield caller


@pytest.fixture
def buyer(shop: System) -> Iterator[Caller]:
    """A new one for each test: nobody else's cart."""
    with newcomer(shop.url) as caller:
        yield caller
