"""`make contracts`: writes the golden messages and contracts that are missing, then the document. Breaks no promise."""

import sys
from pathlib import Path

from msgspec.structs import replace

from infrastructure.cli.documents import CHECKED_IN
from infrastructure.eventstore.registry import CATEGORIES
from infrastructure.streaming.asyncapi import document
from infrastructure.streaming.compatibility import breaches
from infrastructure.streaming.contracts import RECORDED, Contracts, readable, recorded_in, written
from tests.golden.messages import CODEC, FILES, example_of, file_of, message, pinned, published, shown


class Refused(Exception):
    """What stands in the way, a sentence a line."""


def record(*, contracts: Path = RECORDED, messages: Path = FILES, output: Path = CHECKED_IN) -> list[Path]:
    """The files that were written. Raises Refused, with nothing written, where a promise would be broken."""
    recorded = recorded_in(contracts)
    current = written(CATEGORIES, recorded)
    if broken := breaches(recorded, current, CODEC):
        raise Refused("\n".join(map(str, broken)))
    names = {name.replace(":", ".") for name in published()}
    if unseen := current.events.keys() - names:
        raise Refused("\n".join(f"{name} has no golden stored event in tests/golden/events" for name in sorted(unseen)))
    changed = _pin_messages(messages)
    current = _with_examples(current, messages)
    changed += _written(contracts / "headers.json", readable(current.headers))
    for name, contract in current.events.items():
        changed += _written(contracts / "events" / f"{name}.json", readable(contract))
    return changed + _written(output, readable(document(recorded_in(contracts), current)))


def _pin_messages(directory: Path) -> list[Path]:
    """One that is there stays as it is, whatever the code makes of it now; that is for the tests to say."""
    directory.mkdir(parents=True, exist_ok=True)
    missing = [name for name in published() if not file_of(name, directory).exists()]
    for name in missing:
        file_of(name, directory).write_bytes(shown(message(name)))
    return [file_of(name, directory) for name in missing]


def _with_examples(current: Contracts, messages: Path) -> Contracts:
    examples = {name: example_of(pinned(messages / f"{name}.json")) for name in current.events}
    events = {name: replace(contract, example=examples[name]) for name, contract in current.events.items()}
    return replace(current, events=events)


def _written(path: Path, text: str) -> list[Path]:
    if path.exists() and path.read_text(encoding="utf-8") == text:
        return []
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return [path]


def main() -> None:
    try:
        changed = record()
    except Refused as refused:
        sys.exit(str(refused))
    for path in changed:
        print(f"wrote {path}")


if __name__ == "__main__":
    main()
