"""What happened to an order, as far as it concerns who asks."""

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from api.routers.order_schemas import HistoryView
from domain.shared.identifiers import AccountId
from projections.order_queries import HistoryEntry

Told = tuple[HistoryEntry, dict[str, Any]]
"""An entry, and its event's JSON."""


def story(entries: Sequence[HistoryEntry], *, seller: AccountId | None) -> list[HistoryView]:
    """Oldest first; a seller is not told what other sellers did with their lines, nor what they gave back."""
    told = [(entry, msgspec.json.decode(entry.data)) for entry in entries]
    concerning = told if seller is None else _without_others(told, str(seller))
    return [_view(entry, data) for entry, data in concerning]


def _without_others(told: Sequence[Told], seller: str) -> Iterator[Told]:
    others = {line["seller_id"] for _, data in told for line in data.get("lines", ())} - {seller}
    hidden = set[str]()
    for entry, data in told:
        refund = data.get("refund_id")
        if refund is not None and data.get("by", {}).get("account") in others:
            hidden.add(refund)
        if data.get("seller_id") not in others and refund not in hidden:
            yield entry, data


def _view(entry: HistoryEntry, data: dict[str, Any]) -> HistoryView:
    return HistoryView(
        id=str(entry.position),
        type=entry.type,
        actor=entry.actor,
        command=entry.command,
        at=entry.at,
        reason=data.get("reason"),
    )
