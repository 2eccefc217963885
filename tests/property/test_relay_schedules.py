"""Two relays, their sessions and their brokers fail in any order: consumers still get every event once, in order."""

from collections.abc import Callable

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from infrastructure.streaming import relay_state
from infrastructure.streaming.relay import Leading
from infrastructure.streaming.relay_state import LeadershipLost, RelayState
from infrastructure.streaming.sending import SendFailed
from tests.support import profiles
from tests.support.fake_kafka import FakeKafka, FakeSender
from tests.support.messages import CODEC, PARTITIONS, PREFIX
from tests.support.relays import assert_nothing_lost, expected, fill, saved

PAGE = 5
"""Events per batch, so that a few dozen make many."""
EXAMPLES = {"dev": 30, "ci": 300, "soak": 1_000}

_CLEAR = """
TRUNCATE till.stored_events;
UPDATE till.log_head SET position = 0;
UPDATE till.relay SET position = 0, slots = '{}'
"""


class Process:
    """A relay taken a step at a time."""

    def __init__(self, database: str, stage: "Stage") -> None:
        self._database = database
        self._stage = stage
        self.state = RelayState.connect(database, CODEC)
        self.leading: Leading | None = None
        self.sender: FakeSender | None = None

    def step(self) -> None:
        """What a relay does next; after a failure it begins anew, as `Relay` does."""
        try:
            if self.leading is not None:
                self.leading.step()
            elif self.state.try_lead():
                self.sender = self._stage.sender()
                self.leading = Leading(self.state, self.sender, prefix=PREFIX, partitions=PARTITIONS)
        except SendFailed:
            self.leading = self.sender = None
        except (psycopg.OperationalError, LeadershipLost):
            self.start_again()

    def start_again(self) -> None:
        """With a new session. What it sent before may still arrive."""
        self.state.close()
        self.state, self.leading, self.sender = RelayState.connect(self._database, CODEC), None, None


class Stage:
    """A log, two relays and a Kafka that does as it is told."""

    def __init__(self, database: str) -> None:
        with psycopg.connect(database) as conn:
            conn.execute(_CLEAR)
        self.database = database
        self.kafka = FakeKafka()
        self.senders: list[FakeSender] = []
        self.holding = False
        self.processes = [Process(database, self) for _ in range(2)]
        self._seed = 0

    def sender(self) -> FakeSender:
        sender = self.kafka.sender()
        sender.holds = self.holding
        self.senders.append(sender)
        return sender

    def write(self, count: int) -> None:
        self._seed += 1
        fill(self.database, count, seed=self._seed)

    def go_on(self, steps: int) -> None:
        """Both, in turns."""
        for _ in range(steps):
            for process in self.processes:
                process.step()

    def step(self, which: int) -> None:
        self.processes[which].step()

    def kill(self, which: int) -> None:
        """What it had under way goes with it."""
        if (sender := self.processes[which].sender) is not None:
            sender.under_way.clear()
        self.processes[which].start_again()

    def lose(self, which: int) -> None:
        """What was under way when its sender was given up never arrives."""
        current = [process.sender for process in self.processes]
        for sender in self.senders:
            if sender not in current:
                sender.under_way.clear()

    def cut(self, which: int) -> None:
        """The server ends the session; the relay does not know yet."""
        backend = self.processes[which].state.backend
        with psycopg.connect(self.database) as conn:
            conn.execute("SELECT pg_terminate_backend(%s, 5000)", (backend,))

    def hold(self, held: int) -> None:
        """What is sent from now on stays under way, or arrives at once again."""
        self.holding = bool(held)
        for sender in self.senders:
            sender.holds = self.holding

    def deliver(self, count: int) -> None:
        """Some of what is under way arrives, of senders that were given up too."""
        for sender in self.senders:
            sender.deliver(count)

    def silence(self, silent: int) -> None:
        """What arrives is acknowledged no more, or again."""
        self.kafka.answers = not silent

    def settle(self) -> None:
        """All faults end, and the relays go on until everything is saved."""
        self.hold(0)
        self.silence(0)
        self.write(3)
        head = saved_head(self.database)
        for _ in range(1_000):
            if saved(self.database)[0] == head:
                break
            self.go_on(1)
        self.deliver(10_000)

    def close(self) -> None:
        for process in self.processes:
            process.state.close()


def saved_head(database: str) -> int:
    with psycopg.connect(database) as conn:
        row = conn.execute("SELECT position FROM till.log_head").fetchone()
    assert row is not None
    return int(row[0])


WHICH = st.integers(0, 1)
ACTS: st.SearchStrategy[tuple[Callable[[Stage, int], None], int]] = st.one_of(
    st.tuples(st.just(Stage.go_on), st.integers(1, 8)),
    st.tuples(st.just(Stage.go_on), st.integers(1, 8)),
    st.tuples(st.just(Stage.step), WHICH),
    st.tuples(st.just(Stage.write), st.integers(1, 12)),
    st.tuples(st.just(Stage.kill), WHICH),
    st.tuples(st.just(Stage.cut), WHICH),
    st.tuples(st.just(Stage.lose), WHICH),
    st.tuples(st.just(Stage.hold), WHICH),
    st.tuples(st.just(Stage.deliver), st.integers(1, 8)),
    st.tuples(st.just(Stage.silence), WHICH),
)


@settings(max_examples=EXAMPLES[profiles.name()], suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=st.lists(ACTS, min_size=40, max_size=80))
def test_consumers_get_every_event_once_and_in_order(
    database: str, monkeypatch: pytest.MonkeyPatch, acts: list[tuple[Callable[[Stage, int], None], int]]
) -> None:
    monkeypatch.setattr(relay_state, "PAGE", PAGE)
    stage = Stage(database)
    try:
        for act, argument in acts:
            act(stage, argument)
        stage.settle()
        assert saved(database)[0] == saved_head(database)
        assert_nothing_lost(stage.kafka.arrived, expected(database, PREFIX))
    finally:
        stage.close()
