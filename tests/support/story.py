"""A shop in memory with everything that happens later: its process managers, its executor, its payment provider."""

from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID, uuid5

import msgspec

from application.effects.effect import EffectPorts, EffectRefused
from application.effects.expiry import expire_when_settled
from application.effects.payments import (
    SendRefund,
    SettleAttempt,
    VoidAttempt,
    send_refund,
    settle_attempt,
    void_attempt,
)
from application.ordering.cancelling import ExpireOrder, expire_order
from application.payments import RecordCharge, RecordRefund, record_charge, record_refund
from application.ports.commands import Command, Outcome, RefusalNote, Result
from application.ports.gateway import GatewayRefused, GatewayUnavailable
from application.processes.payment_settlement import PAYMENT_SETTLEMENT
from application.processes.process import Decision, Due, ProcessManager, Withdraw
from application.processes.refunds import REFUNDS
from application.processes.unpaid_orders import UNPAID_ORDERS
from domain.shared.event import Event
from domain.shared.refusal import Refusal
from tests.support.fake_gateway import FakeGateway
from tests.support.fake_mail import an_outside
from tests.support.shop import FakeShop

T = TypeVar("T")

HANDLERS: Mapping[type[Command], Callable[..., Result]] = {
    ExpireOrder: expire_order,
    RecordCharge: record_charge,
    RecordRefund: record_refund,
}
EFFECTS: Mapping[type[Command], Callable[..., Coroutine[Any, Any, None]]] = {
    SettleAttempt: settle_attempt,
    VoidAttempt: void_attempt,
    SendRefund: send_refund,
    ExpireOrder: expire_when_settled,
}
MANAGERS: tuple[ProcessManager[Any], ...] = (UNPAID_ORDERS, PAYMENT_SETTLEMENT, REFUNDS)


@dataclass(frozen=True)
class Row:
    """One due command as the executor sees it."""

    instance: UUID
    step: str
    command: Command
    at: datetime
    status: str = "scheduled"


class DueRows:
    """What the process managers have decided; the same event again decides nothing new."""

    def __init__(self, managers: tuple[ProcessManager[Any], ...] = MANAGERS) -> None:
        self._managers = managers
        self.rows: dict[UUID, Row] = {}
        self.states: dict[tuple[str, UUID], Any] = {}

    def tell(self, event: Event, *, stream: UUID, version: int, at: datetime) -> None:
        for manager in self._managers:
            instance = manager.instance(event) if isinstance(event, manager.events) else None
            if instance is None:
                continue
            state, decisions = manager.react(self.states.pop((manager.name, instance), None), event)
            if state is not None:
                self.states[manager.name, instance] = kept(state)
            for decision in decisions:
                self._decide(manager.name, instance, f"{manager.name}:{stream}:{version}", decision, at)

    def _decide(self, manager: str, instance: UUID, cause: str, decision: Decision, at: datetime) -> None:
        match decision:
            case Due(step=step, command=command, at=due):
                row_id = uuid5(UUID(int=0), f"{cause}:{step}")
                self.rows.setdefault(row_id, Row(instance, f"{manager}:{step}", command, due or at))
            case Withdraw(step=step):
                for row_id, row in self.rows.items():
                    if (row.instance, row.step, row.status) == (instance, f"{manager}:{step}", "scheduled"):
                        self.rows[row_id] = replace(row, status="withdrawn")


class Story(FakeShop):
    """Nothing is due by itself: `run_due` carries out what the time has come for."""

    def __init__(self) -> None:
        super().__init__()
        self.gateway = FakeGateway()
        self.due = DueRows()
        self.outcomes: dict[UUID, Outcome] = {}
        self._told: dict[UUID, int] = {}

    def tell_managers(self) -> None:
        for stream, events in self.log.streams.items():
            told = self._told.get(stream, 0)
            for version, event in enumerate(events[told:], start=told + 1):
                self.due.tell(event, stream=stream, version=version, at=self.log.now)
            self._told[stream] = len(events)

    def run_due(self, *, only: type[Command] | None = None) -> int:
        """One try for each row that is due; how many rows were finished by it."""
        self.tell_managers()
        due = [
            (row_id, row)
            for row_id, row in self.due.rows.items()
            if row.status == "scheduled" and row.at <= self.log.now and (only is None or type(row.command) is only)
        ]
        return sum(self._carry_out(row_id, row) for row_id, row in due)

    def _carry_out(self, row_id: UUID, row: Row) -> bool:
        async def submit(command: Command, step: str) -> Outcome:
            return self.submit(command, uuid5(row_id, step))

        if self.due.rows[row_id].status != "scheduled":
            return False
        ports = EffectPorts.of(an_outside(gateway=self.gateway), submit=submit, now=self.log.now)
        try:
            drive(EFFECTS[type(row.command)](row.command, ports))
        except GatewayUnavailable:
            return False
        except (EffectRefused, GatewayRefused):
            self.due.rows[row_id] = replace(row, status="dead")
            return True
        self.due.rows[row_id] = replace(row, status="done")
        return True

    def submit(self, command: Command, command_id: UUID) -> Outcome:
        """As the command bus does for the shop itself: one execution and one outcome per id."""
        if command_id not in self.outcomes:
            self.outcomes[command_id] = self._decided(command, command_id)
            self.tell_managers()
        return self.outcomes[command_id]

    def _decided(self, command: Command, command_id: UUID) -> Outcome:
        try:
            result = self.ask_itself(lambda work: HANDLERS[type(command)](command, work))
        except Refusal as refusal:
            note = RefusalNote(refusal.code, refusal.detail, refusal.violations)
            return Outcome(command_id=command_id, refusal=note)
        return Outcome(command_id=command_id, result=msgspec.json.encode(result))

    def settle(self) -> None:
        """A day goes by, and everything that was due is done."""
        self.log.now += timedelta(days=1)
        for _ in range(100):
            self.run_due()
            if not any(row.status == "scheduled" for row in self.due.rows.values()):
                return
        raise AssertionError(f"never done: {self.due.rows}")

    def row(self, kind: type[Command]) -> Row:
        """The one due command of a kind."""
        (row,) = (row for row in self.due.rows.values() if type(row.command) is kind)
        return row


def drive(work: Coroutine[Any, Any, T]) -> T:
    """Runs what never really waits."""
    try:
        work.send(None)
    except StopIteration as done:
        result: T = done.value
        return result
    raise AssertionError("it waits for something")


def kept(state: T) -> T:
    """The state as it comes back from where the driver keeps it."""
    return msgspec.json.decode(msgspec.json.encode(state), type=type(state))
