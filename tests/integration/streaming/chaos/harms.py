"""What is done to a distributed shop while it works, and the proof that each was done when it hurt."""

import os
import random
import signal
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field

from infrastructure.bootstrap.tables import projections
from infrastructure.streaming.local_kafka import LocalKafka
from infrastructure.streaming.sending import DELIVERY
from tests.support import traps
from tests.support.mixed_writing import MixedWriter
from tests.support.resending import Resender
from tests.support.streaming_system import RELAYS, TWINS, StreamingSystem
from tests.support.system import eventually

AGAIN = 0.25
"""Share of the messages that is sent again."""
NOT_SENT = "not sent, again from here"
"""What a relay says when a delivery has failed or is overdue."""


@dataclass
class Scene:
    """Everything there is, and what was done to it."""

    system: StreamingSystem
    kafka: LocalKafka
    writer: MixedWriter
    resender: Resender
    luck: random.Random
    burst: int
    """Events that are written while one harm is done; more, where it takes longer to meet somebody at work."""
    done: Counter[str] = field(default_factory=Counter)
    takeovers: list[float] = field(default_factory=list)
    """Seconds from a leader's end to the first save of the next."""
    _turns: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))

    def write(self, *, until: Callable[[], bool] = lambda: True) -> "Future[int]":
        return self.writer.write(self.burst, until=until)

    def worker(self) -> str:
        """Any but a relay."""
        return self.luck.choice([name for name in self.system.programs if name not in RELAYS])

    def point_at(self, point: Callable[[str], str]) -> str:
        """For any projection or process manager; for each of them once before it is another's turn again."""
        turn = self._turns[point.__name__]
        if not turn:
            turn += [projection.name for projection in projections()]
            self.luck.shuffle(turn)
        return point(turn.pop())

    def hold(self, point: str) -> int:
        """Somebody at work stands still at the point; the log goes on until then."""
        self.system.traps.set(point)
        writing = self.write(until=lambda: self.system.traps.holds(point))
        victim = self.system.traps.caught(point)
        writing.result(60)
        return victim


def kill_with_rows_written(scene: Scene) -> None:
    """SIGKILL within a transaction."""
    _kill_at(scene, scene.point_at(traps.written))


def kill_before_the_offset_is_known(scene: Scene) -> None:
    """SIGKILL after the commit: Kafka brings all of it again."""
    _kill_at(scene, scene.point_at(traps.committed))


def _kill_at(scene: Scene, point: str) -> None:
    victim = scene.hold(point)
    assert scene.system.kill(victim) == -signal.SIGKILL
    scene.system.traps.clear(point)


def kill_at_any_time(scene: Scene) -> None:
    """SIGKILL of a worker while there is something to do."""
    victim = scene.system.pid(scene.worker())
    writing = scene.write(until=lambda: scene.system.behind() > 0)
    assert scene.system.kill(victim) == -signal.SIGKILL
    writing.result(60)


def stop_a_worker(scene: Scene) -> None:
    """SIGTERM: it ends in order."""
    victim = scene.system.pid(scene.worker())
    writing = scene.write(until=lambda: scene.system.behind() > 0)
    assert scene.system.kill(victim, signal.SIGTERM) == 0
    writing.result(60)


def stop_a_relay(scene: Scene) -> None:
    """SIGTERM of one, leading or standing by."""
    victim = scene.system.pid(scene.luck.choice(RELAYS))
    writing = scene.write()
    assert scene.system.kill(victim, signal.SIGTERM) == 0
    writing.result(60)


def kill_the_leader_between_send_and_save(scene: Scene) -> None:
    """SIGKILL of the relay that leads: what Kafka has taken is not saved."""
    leader = scene.hold(traps.SENT)
    saved = scene.system.relayed()
    scene.resender.look()
    assert saved < scene.resender.last
    assert scene.system.kill(leader) == -signal.SIGKILL
    ended = time.monotonic()
    scene.system.traps.clear(traps.SENT)
    eventually("the next leader", lambda: scene.system.relayed() > saved)
    scene.takeovers.append(time.monotonic() - ended)


def restart_the_broker(scene: Scene) -> None:
    """It is away while the log goes on, and while a worker has to begin anew."""
    scene.kafka.stop()
    writing = scene.write()
    assert scene.system.kill(scene.system.pid(scene.worker())) == -signal.SIGKILL
    writing.result(60)
    scene.kafka.start()
    _wait_for_the_relay(scene)


def freeze_the_broker(scene: Scene) -> None:
    """SIGSTOP for longer than the relay waits for a delivery."""
    overdue, began = scene.system.said(NOT_SENT), time.monotonic()
    scene.kafka.freeze()
    try:
        scene.write().result(60)
        eventually("a delivery is overdue", lambda: scene.system.said(NOT_SENT) > overdue, seconds=2 * DELIVERY + 10)
        eventually("it was for long", lambda: time.monotonic() - began > DELIVERY, seconds=DELIVERY)
    finally:
        scene.kafka.thaw()
    _wait_for_the_relay(scene)


def _wait_for_the_relay(scene: Scene) -> None:
    """What was written while the broker was away had not been sent, and is now."""
    head = scene.writer.log.head
    eventually("the relay goes on", lambda: scene.system.relayed() >= head, seconds=60)


def freeze_a_worker(scene: Scene) -> None:
    """SIGSTOP of one of two, until the other has done its work; then it goes on where it was."""
    victim = scene.system.pid(scene.luck.choice(TWINS))
    os.kill(victim, signal.SIGSTOP)
    try:
        scene.write().result(60)
        scene.system.wait_until_quiet(seconds=60)
    finally:
        os.kill(victim, signal.SIGCONT)


def cut_connections(scene: Scene) -> None:
    """Everybody loses the database, somebody in the middle of a transaction."""
    point = scene.point_at(traps.written)
    scene.hold(point)
    assert scene.system.cut_connections() >= len(scene.system.programs) // 2
    scene.system.traps.clear(point)


LARGE = 30_000
"""Events, from which on every projection and process manager is killed at least once."""


def harms(size: int) -> Counter[Callable[[Scene], None]]:
    """How often each is done, in any order."""
    return Counter(
        {
            kill_with_rows_written: len(projections()) if size >= LARGE else 6,
            kill_before_the_offset_is_known: 2,
            kill_at_any_time: 1,
            stop_a_worker: 2,
            stop_a_relay: 1,
            kill_the_leader_between_send_and_save: 2,
            restart_the_broker: 1,
            freeze_the_broker: 1,
            freeze_a_worker: 1,
            cut_connections: 2,
        }
    )


def do_all(scene: Scene, schedule: list[Callable[[Scene], None]]) -> None:
    """Copies of messages follow each harm."""
    scene.luck.shuffle(schedule)
    for harm in schedule:
        began = time.monotonic()
        harm(scene)
        scene.done[harm.__name__] += 1
        print(f"{time.monotonic() - began:5.1f} s  {harm.__name__}, log at {scene.writer.log.head}")
        scene.resender.send_again(AGAIN)
