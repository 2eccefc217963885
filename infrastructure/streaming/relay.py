"""Sends the log to Kafka: all of it, in order per key, and again whenever it is not certain that it arrived."""

import threading
from collections import Counter, deque
from collections.abc import Callable, Sequence
from contextlib import closing

import psycopg
import structlog

from application.ports.log import slot_of
from infrastructure.eventstore.codec import UnknownTopic
from infrastructure.eventstore.raw import StoredEvent
from infrastructure.postgres.transience import described, is_transient
from infrastructure.streaming import relay_metrics as metrics
from infrastructure.streaming.message import Message, message_to
from infrastructure.streaming.relay_state import LeadershipLost, LogHasGap, Progress, RelayState
from infrastructure.streaming.sending import Delivery, Sender, SendFailed

AHEAD = 4
"""Batches under way at once: while some are acknowledged the next are read, and share their requests to the brokers."""
POLL = 1.0
"""Seconds; backs up the notifications."""
STAND_BY = 0.5
RETRY = 0.5

_log = structlog.get_logger(__name__)


class Leading:
    """What a leader does with one sender: batches go out ahead, and are saved in order once they arrived whole.

    Nothing it knows outlives a failure: whoever goes on reads from the saved position, and as every message follows
    from the log and the saved slots alone, what is sent twice is the same to the byte, `prev` included.
    """

    def __init__(self, state: RelayState, sender: Sender, *, prefix: str, partitions: int) -> None:
        self._state = state
        self._sender = sender
        self._prefix = prefix
        self._partitions = partitions
        self._saved = self._sent = state.load()
        self._under_way: deque[tuple[Progress, Delivery, Counter[str]]] = deque()
        metrics.moved(self._saved.position, state.head())

    def step(self) -> bool:
        """Send a batch, or see those under way home; False where there is neither. Raises what state and sender do."""
        page = self._next_page() if len(self._under_way) < AHEAD else []
        if page:
            self._send(page)
        elif self._under_way:
            while self._under_way:
                self._see_home()
        else:
            metrics.moved(self._saved.position, self._saved.position)
            return False
        return True

    def _next_page(self) -> Sequence[StoredEvent]:
        """What cannot be passed stops us once everything before it is home and saved."""
        try:
            return self._state.read(after=self._sent.position)
        except (UnknownTopic, LogHasGap):
            if not self._under_way:
                raise
            return []

    def _send(self, page: Sequence[StoredEvent]) -> None:
        slots = dict(self._sent.slots)
        messages = self._messages(page, slots)
        self._sent = Progress(page[-1].position, slots)
        topics = Counter(message.topic for message in messages)
        self._under_way.append((self._sent, self._sender.send(messages), topics))

    def _messages(self, page: Sequence[StoredEvent], slots: dict[str, int]) -> list[Message]:
        """Moves the slots on."""
        messages = []
        for row in page:
            if row.family is not None:
                slot = slot_of(row.family, row.ordering_key, self._partitions)
                messages.append(message_to(slot, row, prev=slots.get(slot, 0), prefix=self._prefix))
                slots[slot] = row.position
        return messages

    def _see_home(self) -> None:
        progress, delivery, topics = self._under_way[0]
        delivery.wait()
        head = self._state.save(progress, expected=self._saved.position)
        self._under_way.popleft()
        self._saved = progress
        metrics.moved(progress.position, head)
        for topic, count in topics.items():
            metrics.SENT.labels(topic).inc(count)


class Relay:
    """Any number may run: one leads, the others stand by and take over within seconds of its end."""

    def __init__(self, *, connect: Callable[[], RelayState], make_sender: Callable[[int], Sender], prefix: str) -> None:
        """`make_sender` gets the partitions per family; it raises SendFailed where it cannot make one now."""
        self._connect = connect
        self._make_sender = make_sender
        self._prefix = prefix
        metrics.standing_by()

    def run(self, stop: threading.Event) -> None:
        """Until told to stop, which abandons what is under way: the next leader sends it again. Outlives restarts of
        the database and of brokers. Raises what would lose an event if it went on: UnknownTopic, LogHasGap, Unsendable.
        """
        while not stop.is_set():
            metrics.standing_by()
            try:
                with closing(self._connect()) as state:
                    if self._stand_by(state, stop):
                        self._lead(state, stop)
            except (psycopg.Error, OSError) as lost:
                if not is_transient(lost):
                    raise
                _log.warning("database lost, and leadership with it", error=described(lost), retry_in=RETRY)
                stop.wait(RETRY)
            except LeadershipLost as lost:
                _log.warning("leadership lost", error=str(lost))
        metrics.standing_by()

    def _stand_by(self, state: RelayState, stop: threading.Event) -> bool:
        """Whether it became the leader before it was told to stop."""
        while not state.try_lead():
            if stop.wait(STAND_BY):
                return False
        return True

    def _lead(self, state: RelayState, stop: threading.Event) -> None:
        _log.info("leading", position=state.load().position, head=state.head(), backend=state.backend)
        while not stop.is_set():
            try:
                partitions = state.partitions()
                with closing(self._make_sender(partitions)) as sender:
                    self._follow(Leading(state, sender, prefix=self._prefix, partitions=partitions), state, stop)
            except SendFailed as failed:
                metrics.FAILURES.inc()
                position, head = state.load().position, state.head()
                metrics.moved(position, head)
                _log.warning("not sent, again from here", error=str(failed), position=position, head=head)
                stop.wait(RETRY)

    def _follow(self, leading: Leading, state: RelayState, stop: threading.Event) -> None:
        while not stop.is_set():
            if not leading.step():
                state.wait(POLL)
