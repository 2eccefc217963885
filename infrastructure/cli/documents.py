"""`till asyncapi`: what other programs may rely on."""

from pathlib import Path
from typing import Annotated

import typer

from infrastructure.cli.entry import ERRORS
from infrastructure.eventstore.registry import CATEGORIES, event_codec
from infrastructure.streaming.asyncapi import document
from infrastructure.streaming.compatibility import breaches, unrecorded
from infrastructure.streaming.contracts import Contracts, readable, recorded_in, written

CHECKED_IN = Path("docs/asyncapi.json")

File = Annotated[Path | None, typer.Option(help=f"Where it is written, or checked; {CHECKED_IN} where it is checked.")]
Check = Annotated[
    bool, typer.Option("--check", help="Write nothing; fail where a promise is broken or the file is old.")
]


def asyncapi(output: File = None, check: Check = False) -> None:
    """Describe the topics: AsyncAPI 3, made from the event classes and from what was ever published."""
    recorded = recorded_in()
    current = written(CATEGORIES, recorded)
    text = readable(document(recorded, current))
    if check:
        _complain(complaints(recorded, current, text=text, file=output or CHECKED_IN))
    elif output is None:
        typer.echo(text, nl=False)
    else:
        output.write_text(text, encoding="utf-8")


def complaints(recorded: Contracts, current: Contracts, *, text: str, file: Path) -> list[str]:
    """Broken promises where there are any; else what has to be recorded or written before others can rely on it."""
    if broken := breaches(recorded, current, event_codec()):
        advice = (
            "A published version keeps its shape: give the event another version and an upcast (docs/contracts.md)."
        )
        return [*map(str, broken), advice]
    found = [f"{each}; `make contracts` does" for each in unrecorded(recorded, current)]
    if not file.is_file():
        found.append(f"{file} does not exist; `make contracts` writes docs/asyncapi.json")
    elif file.read_text(encoding="utf-8") != text:
        found.append(f"{file} is not what the code says now; `make contracts` writes docs/asyncapi.json")
    return found


def _complain(found: list[str]) -> None:
    for complaint in found:
        ERRORS.print(complaint, markup=False, soft_wrap=True)
    if found:
        raise typer.Exit(1)
