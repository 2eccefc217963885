"""Figures of a run: the table a person reads, and the file a machine compares."""

import statistics
from collections.abc import Iterable
from pathlib import Path

import msgspec
from rich.console import Console, JustifyMethod
from rich.table import Table

LATEST = Path(__file__).parent / "results" / "latest.json"


class Target(msgspec.Struct, frozen=True):
    """What a ratio, or a value where there is no ratio, has to reach or stay under."""

    limit: float
    at_most: bool = False

    def __str__(self) -> str:
        return f"{'<=' if self.at_most else '>='} {self.limit:g}"

    def met_by(self, figure: float) -> bool:
        return figure <= self.limit if self.at_most else figure >= self.limit


class Measurement(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    name: str
    value: float
    unit: str
    ratio_to: str | None = None
    """Name of the measurement that `ratio` is taken to."""
    ratio: float | None = None
    target: str | None = None
    met: bool | None = None


class Results:
    """Everything measured so far, in the order it was asked for."""

    def __init__(self) -> None:
        self._measurements: list[Measurement] = []

    def add(
        self,
        name: str,
        value: float,
        unit: str,
        *,
        ratio: float | None = None,
        ratio_to: str | None = None,
        target: Target | None = None,
    ) -> None:
        judged = value if ratio is None else ratio
        self._measurements.append(
            Measurement(
                name=name,
                value=round(value, 3),
                unit=unit,
                ratio_to=ratio_to,
                ratio=None if ratio is None else round(ratio, 3),
                target=None if target is None else str(target),
                met=None if target is None else target.met_by(judged),
            )
        )

    @property
    def missed(self) -> list[Measurement]:
        return [each for each in self._measurements if each.met is False]

    def write(self, path: Path = LATEST) -> None:
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(msgspec.json.format(msgspec.json.encode(self._measurements), indent=1) + b"\n")

    def show(self, console: Console) -> None:
        table = Table(box=None, pad_edge=False)
        for column in ("measurement", "value", "unit", "ratio", "to", "target", ""):
            justify: JustifyMethod = "right" if column in {"value", "ratio"} else "left"
            table.add_column(column, justify=justify, no_wrap=True)
        for each in self._measurements:
            verdict = {None: "", True: "[green]met[/green]", False: "[red]missed[/red]"}[each.met]
            ratio = "" if each.ratio is None else f"{each.ratio:.2f}"
            value = f"{each.value:,.0f}" if each.value >= 100 else f"{each.value:,.2f}"
            table.add_row(each.name, value, each.unit, ratio, each.ratio_to or "", each.target or "", verdict)
        console.print(table)


def median_ratio(values: Iterable[float], references: Iterable[float]) -> float:
    """Median of the ratios round by round: what disturbs the machine disturbs both of a round."""
    return statistics.median(value / reference for value, reference in zip(values, references, strict=True))
