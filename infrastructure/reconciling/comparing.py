"""Two accounts of the same money, laid side by side: every difference, and what is to be done about it."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

from infrastructure.reconciling.movements import Kind, Movement

UNDER_WAY = "asked for, its outcome is not recorded yet: it is by itself, or look at dead due commands"
UNASKED = {
    Kind.CHARGE: "paid at the provider and never asked for: have it delivered again, or refund it there",
    Kind.REFUND: "refunded at the provider's own desk: the order still counts as paid; settle it with the buyer",
}
UNKNOWN_THERE = {
    Kind.CHARGE: "recorded as paid, the provider does not have it: send nothing before it has explained itself",
    Kind.REFUND: "recorded as refunded, the provider does not have it: have it refund there",
}
DIFFERS = "amount, currency or transaction differ: the provider has to say which is right"
TWICE = "listed twice by the provider: it moved twice, or the export is wrong"


@dataclass(frozen=True, slots=True)
class Finding:
    """One difference; None is the side that has nothing."""

    kind: Kind
    key: UUID
    ours: Movement | None
    theirs: Movement | None
    resolution: str


def compare(ours: Sequence[Movement], theirs: Sequence[Movement], *, intended: Collection[UUID]) -> list[Finding]:
    """Empty where both say the same; sorted by kind and key."""
    found = sorted(_differences(ours, theirs, intended), key=lambda each: (each.kind, each.key.int))
    return list(dict.fromkeys(found))


def _differences(ours: Sequence[Movement], theirs: Sequence[Movement], intended: Collection[UUID]) -> Iterator[Finding]:
    here = {(each.kind, each.key): each for each in ours}
    there: dict[tuple[Kind, UUID], Movement] = {}
    for each in theirs:
        if (each.kind, each.key) in there:
            yield Finding(each.kind, each.key, here.get((each.kind, each.key)), each, TWICE)
        there[each.kind, each.key] = each
    for kind, key in here.keys() | there.keys():
        our, their = here.get((kind, key)), there.get((kind, key))
        if our is None:
            yield Finding(kind, key, None, their, UNDER_WAY if key in intended else UNASKED[kind])
        elif their is None:
            yield Finding(kind, key, our, None, UNKNOWN_THERE[kind])
        elif our != their:
            yield Finding(kind, key, our, their, DIFFERS)
