"""How far each seller's lines of an order are, and with them the order: as far as the least advanced."""

from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from typing import Final

import msgspec
from immutables import Map

from domain.ordering.events import ConfirmationGround
from domain.shared.identifiers import AccountId
from domain.shared.refusal import Refusal


class Status(StrEnum):
    PENDING_PAYMENT = "pending_payment"
    PENDING = "pending"
    """Confirmed, to be paid at the door; nobody has begun with it."""
    PROCESSING = "processing"
    SHIPPED = "shipped"
    DELIVERED = "delivered"
    CANCELLED = "cancelled"


CANCELLABLE: Final = frozenset({Status.PENDING_PAYMENT, Status.PENDING, Status.PROCESSING})
PREVIOUS: Final[Mapping[Status, Status]] = {
    Status.PROCESSING: Status.PENDING,
    Status.SHIPPED: Status.PROCESSING,
    Status.DELIVERED: Status.SHIPPED,
}
"""Where lines must stand to be moved on by hand, one step at a time."""
FOLLOWING: Final[Mapping[Status, Status]] = {before: after for after, before in PREVIOUS.items()}
ADVANCE: Final = tuple(Status)[: tuple(Status).index(Status.CANCELLED)]
"""From the least to the most advanced; what is cancelled is not on the way."""


def least_advanced(statuses: Iterable[Status]) -> Status:
    """Of what is not cancelled; cancelled where everything is."""
    return min((each for each in statuses if each in ADVANCE), key=ADVANCE.index, default=Status.CANCELLED)


class OrderNotCancellable(Refusal):
    """It was shipped, or is cancelled already."""

    code = "order-not-cancellable"


class OrderNotAdvanceable(Refusal):
    """Lines go on one step at a time: processing, shipped, delivered."""

    code = "order-not-advanceable"


class Progress(msgspec.Struct, frozen=True):
    """Each seller's part of an order, and how far it is."""

    parts: Map[AccountId, Status]

    @property
    def status(self) -> Status:
        return self.of(self.parts)

    def of(self, sellers: Iterable[AccountId]) -> Status:
        """The least advanced of these parts that are not cancelled; cancelled where all are."""
        return least_advanced(self.parts[seller] for seller in sellers)

    def is_live(self, seller: AccountId) -> bool:
        return self.parts[seller] is not Status.CANCELLED

    def behind(self, to: Status, sellers: Sequence[AccountId]) -> list[AccountId]:
        """Whose part takes the step to that status; raises OrderNotAdvanceable where one has further to go, or none."""
        before = PREVIOUS.get(to)
        ahead = ADVANCE[ADVANCE.index(to) :] if before else ()
        moving = [seller for seller in sellers if self.is_live(seller) and self.parts[seller] not in ahead]
        if not moving or any(self.parts[seller] is not before for seller in moving):
            raise OrderNotAdvanceable(f"What is {self.of(sellers)} cannot be made {to}: it goes on one step at a time.")
        return moving

    def cancellable(self, sellers: Sequence[AccountId]) -> list[AccountId]:
        """Whose part was not shipped yet; raises OrderNotCancellable where there is none."""
        going = [seller for seller in sellers if self.parts[seller] in CANCELLABLE]
        if not going:
            raise OrderNotCancellable(f"What is {self.of(sellers)} cannot be cancelled.")
        return going

    def move(self, seller: AccountId, to: Status) -> "Progress":
        return Progress(self.parts.set(seller, to))

    def move_all(self, to: Status) -> "Progress":
        """Whatever is not cancelled."""
        return Progress(Map((seller, to if self.is_live(seller) else now) for seller, now in self.parts.items()))


def status_once_confirmed(ground: ConfirmationGround) -> Status:
    """An order that is paid at the door waits to be begun; any other is being processed."""
    return Status.PENDING if ground is ConfirmationGround.CASH_ON_DELIVERY else Status.PROCESSING
