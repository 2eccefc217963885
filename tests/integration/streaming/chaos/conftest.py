"""One run for all that is to be said of it: `make test` tries the small size, `make soak` the large one."""

import os
import random
from collections.abc import Iterator

import pytest

from tests.integration.streaming.chaos.aftermath import Aftermath, chaos
from tests.support.broker import NoBroker, leave_out
from tests.support.postgres import TestServer

SEED = "TILL_CHAOS_SEED"


@pytest.fixture(scope="session")
def chaos_seed() -> int:
    """Another one each time, unless the environment names one to be tried again."""
    return int(os.environ.get(SEED) or random.randrange(2**32))


@pytest.fixture(scope="module", params=[5_000, pytest.param(30_000, marks=pytest.mark.soak)])
def whole_aftermath(
    request: pytest.FixtureRequest, postgres: TestServer, tmp_path_factory: pytest.TempPathFactory, chaos_seed: int
) -> Iterator[Aftermath]:
    with postgres.fresh() as database:
        try:
            yield chaos(database, tmp_path_factory.mktemp("chaos"), size=request.param, seed=chaos_seed)
        except NoBroker as reason:
            leave_out(str(reason))


@pytest.fixture
def seed(chaos_seed: int) -> int:
    print(f"{SEED}={chaos_seed} tries it again")
    return chaos_seed


@pytest.fixture
def aftermath(seed: int, whole_aftermath: Aftermath) -> Aftermath:
    del seed  # it is told, wherever a test fails
    return whole_aftermath
