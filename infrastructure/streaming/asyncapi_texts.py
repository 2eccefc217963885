"""What the AsyncAPI document says in words."""

from collections.abc import Mapping

from infrastructure.streaming.contracts import Contract

DESCRIPTION = """\
Every event of the shop, as it was committed to its log, in one topic per family of streams. The document is written
from the side of those who read: its operations are `receive`. Nobody but Tillstream's relay writes to the topics.

**Form.** CloudEvents 1.0, Kafka binary mode: the value is the event's JSON, the headers (`ce_*`, text in ASCII) say
what it is. A type and its `ce_typeversion` name one of the messages below. Ignore fields and headers that you do not
know, and types that you have no use for.

**Order.** The key is an id (the channel says whose), the partition is `crc32(the id's 16 bytes) mod partitions`. Within
a partition records come in the order of the log, so everything that has the same key comes in the order in which it
happened. Between partitions and between topics there is no order; `position`, which counts the whole log from 1 without
a gap, tells which of two events was first.

**Duplicates.** Each record is delivered at least once. Keep the highest `position` that you have applied per topic and
partition, in the same transaction as what you made of it, and drop a record at or below it. What is sent again differs
in nothing, and `ce_id` is the same for ever.

**Gaps.** `prev` is the position of the record before it in the same partition, 0 for none. Where it is higher than the
highest position that you have applied, records are missing (retention removed them, say): read them from the log, or
stop. A `prev` at or below it is in order. Positions between `prev` and `position` were never meant for the partition.

**Personal data.** Names, addresses and email addresses are sealed with a key per person that never leaves the shop
(schema `Sealed`). When a person is forgotten the key is destroyed, and what the topics hold of them is noise from then
on; no tombstone is sent. Ids of persons stay.

**Versions.** Every message of a version, old or new, is valid under every edition of the version's schema. So a version
gains optional fields at most; it never loses, renames or retypes one, and a set of values gets no new value either.
What needs another shape gets another version, which the same topic carries from then on; former versions stay described
here, because they stay in the log and may be sent again. Channels, keys and headers do not change; an event is never
removed. New types may come at any time."""

SERVER = """\
The broker of an installation: one of its KAFKA_BOOTSTRAP_SERVERS. Copies, retention and access are the operator's."""

PREFIX = "What the names of all topics of an installation begin with: its KAFKA_TOPIC_PREFIX."

COMMAND = "The command that decided the event. All events of one command bear it; absent where there was none."

RECEIVING = """\
One consumer group per purpose. Commit offsets only after what was read is stored; see the document's description for
duplicates and gaps."""


def channel(keys: Mapping[str, str]) -> str:
    """What travels there, and in which order. `keys` says for each kind of stream whose id orders it."""
    ordered = [
        f"{_listed([category for category in keys if keys[category] == key])} by the id of the {key}"
        for key in dict.fromkeys(keys.values())
    ]
    return (
        f"Streams, and whose id is the key: {'; '.join(ordered)}. The topic has as many partitions as every other, a "
        "number that the installation keeps; records of one key are in one partition, in the order of the log."
    )


def message(contract: Contract, *, former: bool) -> str:
    """What is to be said of one version."""
    text = f"Happens to the stream of one {contract.category}; the record's key is the id of its {contract.key}."
    if former:
        text += " A former version: it is written no more, but stays in the log and may be sent again."
    return text


def _listed(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
