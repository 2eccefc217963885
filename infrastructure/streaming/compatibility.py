"""Refuses what would break a consumer of the topics, in sentences.

One rule decides: every message of a version, whether written years ago or from now on, is valid under every edition of
that version's schema. Consumers ignore fields that they do not know, so a field may be added that older messages lack.
Everything else is another shape, and takes another version.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import msgspec

from infrastructure.eventstore.codec import EventCodec
from infrastructure.streaming.contracts import Contract, Contracts
from infrastructure.streaming.schema_differences import Difference, differences


@dataclass(frozen=True, slots=True)
class Breach:
    """One promise that would be broken."""

    subject: str
    """`ordering.order-placed version 1`, or the headers of all."""
    pointer: str
    """Where in it: `/lines/*/tax`; empty for the whole."""
    reason: str

    def __str__(self) -> str:
        return f"{self.subject}{', ' + self.pointer if self.pointer else ''}: {self.reason}"


def breaches(recorded: Contracts, current: Contracts, codec: EventCodec) -> list[Breach]:
    """All promises of `recorded` that `current` would break, in the order of the events' names."""
    newest = {contract.topic: contract for contract in current.events.values()}
    found = [Breach("the headers", *each) for each in differences(recorded.headers, current.headers)]
    for contract in recorded.events.values():
        subject = f"{contract.topic} version {contract.version}"
        found += [Breach(subject, *each) for each in _event(contract, newest.get(contract.topic), codec)]
    return found


def unrecorded(recorded: Contracts, current: Contracts) -> list[str]:
    """What the code writes and nothing promises yet: sentences. Only a recorded promise can be kept."""
    found = [] if recorded.headers == current.headers else ["the headers are not recorded as they are"]
    for contract in current.events.values():
        subject = f"{contract.topic} version {contract.version}"
        known = recorded.events.get(contract.name)
        if known is None:
            found.append(f"{subject} is not recorded yet")
        elif known != contract:
            found.append(f"{subject} is not recorded as it is")
    return found


def _event(old: Contract, new: Contract | None, codec: EventCodec) -> Iterator[Difference]:
    if new is None:
        yield "", "it is published no more: an event that was sent once can be sent again, and is waited for"
        return
    if new.family != old.family:
        yield "", f"it travels in the topic of {old.family}, and would travel in that of {new.family}"
    if new.key != old.key:
        yield "", f"the id of its {old.key} is its key, and that of its {new.key} would be"
    if new.version < old.version:
        yield "", f"the code knows no version beyond {new.version}"
    elif new.version == old.version:
        yield from differences(old.payload, new.payload)
    yield from _unreadable(old, codec)


def _unreadable(old: Contract, codec: EventCodec) -> Iterator[Difference]:
    """What was written under the version reaches the current class, through upcasts where there are any."""
    if old.example is None:
        return
    try:
        codec.decode(f"{old.topic}:{old.version}", msgspec.json.encode(old.example.payload))
    except Exception as error:  # noqa: BLE001 - an upcast may fail in any way, and each one is told
        yield "", f"what was written under it can no longer be read: {type(error).__name__}: {error}"
