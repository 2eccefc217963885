"""What a person sees of a replay: the bars while it runs, and an account of every row at the end."""

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from benchmarks.retail.driving import Advance
from benchmarks.retail.matching import Refund
from benchmarks.retail.reading import Retail, Unusable


@contextmanager
def bars(console: Console, retail: Retail, refunds: Sequence[Refund]) -> Iterator[Advance]:
    """One bar per stage."""
    totals = {
        "products": len(retail.products),
        "customers": len(retail.buyers()),
        "rows": retail.rows,
        "orders": len(retail.invoices),
        "refunds": len(refunds),
    }
    columns = (TextColumn("{task.description:>9}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console) as progress:
        tasks = {stage: progress.add_task(stage, total=total) for stage, total in totals.items()}
        yield lambda stage: progress.advance(tasks[stage])


def show_plan(console: Console, retail: Retail, refunds: Sequence[Refund], unusable: Sequence[Unusable]) -> None:
    """What the file holds, every row that cannot be used, and why."""
    table = Table("line", "invoice", "stock code", "reason", title="Rows that cannot be used", title_justify="left")
    for row in unusable:
        table.add_row(str(row.line), row.invoice, row.code, row.reason)
    if unusable:
        console.print(table)
    for reason, count in Counter(row.reason for row in unusable).most_common():
        console.print(f"{count:>7,} rows: {reason}")
    console.print(
        f"{retail.rows:>7,} rows are sales, {retail.amount:,.2f} in {len(retail.invoices):,} invoices "
        f"of {len(retail.buyers()):,} buyers, with {len(retail.products):,} products"
    )
    refunded = sum(refund.amount for refund in refunds)
    console.print(f"{len(refunds):>7,} rows cancel a sale, {refunded:,.2f}")
