"""What every test may ask for."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

from infrastructure.streaming.local_kafka import LocalKafka
from tests.support import profiles
from tests.support.broker import SESSION, NoBroker, leave_out, own_kafka, running_broker
from tests.support.postgres import TestServer

profiles.load()

NUMBERS = count(1)
FOLDERS = {"unit", "property", "contract", "integration", "e2e", "architecture", "golden"}


def pytest_configure(config: pytest.Config) -> None:
    """A temporary root of this session's own: another session would close a shared one to our database servers."""
    if "PYTEST_DEBUG_TEMPROOT" not in os.environ:
        root = tempfile.mkdtemp(prefix="till-tests-")
        os.environ["PYTEST_DEBUG_TEMPROOT"] = root
        config.add_cleanup(lambda: shutil.rmtree(root, ignore_errors=True))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A test bears the mark of its folder."""
    root = Path(__file__).parent
    for item in items:
        folder = item.path.relative_to(root).parts[0]
        if folder in FOLDERS:
            item.add_marker(folder)


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestServer]:
    """A PostgreSQL of this session's own, with the settings of the shipped one, and a migrated template."""
    with TestServer(tmp_path_factory.mktemp("postgres")) as server:
        yield server


@pytest.fixture
def database(postgres: TestServer) -> Iterator[str]:
    """The connection string of a fresh, migrated database."""
    with postgres.fresh() as conninfo:
        yield conninfo


@pytest.fixture
def empty_database(postgres: TestServer) -> Iterator[str]:
    """The connection string of a fresh database without any migration."""
    with postgres.fresh(template="template0") as conninfo:
        yield conninfo


@pytest.fixture(scope="session")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The bootstrap servers of a Kafka that this session's tests share; `topic_prefix` keeps them apart."""
    try:
        with running_broker(tmp_path_factory.mktemp("kafka")) as bootstrap:
            yield bootstrap
    except NoBroker as reason:
        leave_out(str(reason))


@pytest.fixture
def own_broker(tmp_path: Path) -> Iterator[LocalKafka]:
    """A Kafka of this test's own, to stop, kill and freeze."""
    try:
        with own_kafka(tmp_path / "kafka") as kafka:
            yield kafka
    except NoBroker as reason:
        leave_out(str(reason))


@pytest.fixture
def topic_prefix() -> str:
    """What the names of this test's topics and consumer groups begin with."""
    return f"{SESSION}-{next(NUMBERS)}"
