"""`till migrate` and `till doctor`: is it all in place?"""

import typer
from rich.table import Table

from infrastructure.cli.checks import examine
from infrastructure.cli.entry import OUT, loaded_settings, program
from infrastructure.postgres.database import open_database
from infrastructure.postgres.migrate import migrate as apply_migrations
from infrastructure.setting_table import VARIABLES, Variable
from infrastructure.settings import Loaded


def migrate() -> None:
    """Bring the database to the shape that this version needs."""
    with program("migrate") as settings, open_database(settings) as conninfo:
        for step in apply_migrations(conninfo):
            OUT.print(f"applied {step.number:04}_{step.name}")
        OUT.print("The database is up to date.")


def doctor() -> None:
    """List every setting and where it came from, and check what the shop needs."""
    loaded = loaded_settings()
    OUT.print(_settings_table(loaded))
    table = Table("", "check", "found", title="Checks", title_justify="left")
    findings = list(examine(loaded.settings))
    for finding in findings:
        table.add_row("[green]✓[/green]" if finding.right else "[red]✗[/red]", finding.subject, finding.detail)
    OUT.print(table)
    if not all(finding.right for finding in findings):
        raise typer.Exit(1)


def _settings_table(loaded: Loaded) -> Table:
    table = Table("setting", "value", "from", title="Settings", title_justify="left")
    for variable in VARIABLES:
        table.add_row(variable.name, _shown(loaded, variable), loaded.origins[variable.name])
    return table


def _shown(loaded: Loaded, variable: Variable) -> str:
    value = getattr(loaded.settings, variable.name.lower())
    if variable.secret:
        return "-" if value is None else "••••••"
    return loaded.texts[variable.name] or ("-" if value in {None, ()} else str(value))
