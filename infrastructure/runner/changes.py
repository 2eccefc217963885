"""Which products' rows have changed since they were last looked at: what cached answers are checked against."""

from collections.abc import Awaitable, Callable, Mapping
from uuid import UUID

from projections.projection import Connection

REMEMBERED = 20_000
"""Products; beyond that everything counts as changed once."""

ChangesSince = Callable[[Connection, str, int], Awaitable[list[tuple[UUID, int]] | None]]
"""On (connection, schema, position): products whose rows were changed beyond the position, and by which event; None
where that may be any."""


class Changes:
    """Marks that differ whenever something may have changed; equal marks mean that nothing has."""

    def __init__(self, sources: Mapping[str, ChangesSince]) -> None:
        self._sources = sources
        self._schemas: dict[str, str] = {}
        self._slots: dict[str, dict[str, int]] = {}
        self._products: dict[UUID, int] = {}
        """What the count was when it last changed."""
        self._noted: dict[tuple[str, UUID], int] = {}
        """The last position that was noted of it in each source: they are not equally far."""
        self._count = 0
        """Rises with every change of anything."""
        self._epoch = 0
        """Rises when nothing known before counts any more."""
        self._trusted = False

    def mark(self, product: UUID | None) -> tuple[int, int]:
        """Of one product, or of all. While it is not known what changes, no two marks are equal."""
        if not self._trusted:
            self._epoch += 1
        return (self._epoch, self._count if product is None else self._products.get(product, 0))

    def distrust(self) -> None:
        """The database is out of sight: until the next look anything may have changed."""
        self._trusted = False

    async def look(self, conn: Connection, schemas: Mapping[str, str], slots: Mapping[str, Mapping[str, int]]) -> None:
        """Take notice of what has changed up to these positions."""
        for name, source in self._sources.items():
            if name not in schemas:
                continue
            if not self._trusted or self._schemas.get(name) != schemas[name]:
                self._forget()
            elif (low := self._lowest_moved(name, slots[name])) is not None:
                self._note(name, await source(conn, schemas[name], low))
            self._schemas[name], self._slots[name] = schemas[name], dict(slots[name])
        self._trusted = True

    def _lowest_moved(self, name: str, slots: Mapping[str, int]) -> int | None:
        """Where the slots that moved stood before; a slot that is stopped does not hold the others back."""
        known = self._slots.get(name, {})
        return min(
            (known.get(slot, 0) for slot, position in slots.items() if position != known.get(slot)), default=None
        )

    def _note(self, name: str, changed: list[tuple[UUID, int]] | None) -> None:
        if changed is None:
            self._forget()
            return
        if len(self._products) + len(changed) > REMEMBERED:
            self._forget()
        for product, position in changed:
            if position > self._noted.get((name, product), 0):
                self._noted[name, product] = position
                self._count += 1
                self._products[product] = self._count

    def _forget(self) -> None:
        self._products.clear()
        self._noted.clear()
        self._epoch += 1
