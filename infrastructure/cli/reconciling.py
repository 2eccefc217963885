"""`till reconcile`: does the payment provider say the same of the money as the log?"""

from pathlib import Path
from typing import Annotated

import psycopg
import typer
from rich.markup import escape
from rich.table import Table

from domain.shared.money import Money, UnknownCurrency
from infrastructure.cli.entry import ERRORS, OUT, program
from infrastructure.postgres.connect import bounded
from infrastructure.postgres.database import open_database
from infrastructure.reconciling.comparing import Finding, compare
from infrastructure.reconciling.movements import (
    Movement,
    NotAnExport,
    books,
    export,
    exported,
    intended,
    recorded,
)


def reconcile(
    file: Annotated[
        Path, typer.Argument(help="The provider's export: CSV with kind, key, transaction, amount, currency.")
    ],
    write: Annotated[
        bool,
        typer.Option("--export", help="Write the books of the simulated provider, or the mock's, into a new file."),
    ] = False,
) -> None:
    """Compare what a payment provider took and gave back with the log. Ends with 1 where anything differs."""
    with program("reconcile") as settings, open_database(settings) as conninfo:
        reading = bounded(conninfo, application_name="till reconcile", statement_seconds=0)
        with psycopg.connect(reading) as conn:
            conn.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            try:
                if write:
                    export(books(conn), file)
                    return
                theirs = list(exported(file))
            except (NotAnExport, OSError, UnicodeDecodeError) as error:
                ERRORS.print(f"till reconcile: {file}: {error}", style="red", markup=False)
                raise typer.Exit(2) from error
            ours, asked = recorded(conn), intended(conn)
    findings = compare(ours, theirs, intended=asked)
    OUT.print(f"{len(ours):,} movements in the log, {len(theirs):,} in the export, {len(findings):,} differ.")
    if findings:
        OUT.print(_table(findings))
        raise typer.Exit(1)


def _table(findings: list[Finding]) -> Table:
    table = Table("kind", "key", "in the log", "at the provider", "what to do", title="Open", title_justify="left")
    for each in findings:
        table.add_row(each.kind, str(each.key), _shown(each.ours), _shown(each.theirs), each.resolution)
    return table


def _shown(movement: Movement | None) -> str:
    if movement is None:
        return "-"
    try:
        amount = str(Money(movement.amount, movement.currency).major())
    except UnknownCurrency:
        amount = f"{movement.amount} minor units of"
    return escape(f"{amount} {movement.currency}, {movement.transaction}")
