"""`till status`: how far everything is, and what needs a hand."""

import psycopg
from rich.table import Table

from infrastructure.cli.entry import OUT, program
from infrastructure.postgres.connect import bounded
from infrastructure.postgres.database import open_database
from infrastructure.standing import DeadLetter, Instance, Queue, Standing, Stop, look


def status() -> None:
    """Show the log's head, the projections behind it, stopped slots and due commands."""
    with (
        program("status") as settings,
        open_database(settings) as conninfo,
        psycopg.connect(bounded(conninfo, application_name="till status")) as connection,
    ):
        standing = look(connection)
    when = standing.head.recorded_at
    OUT.print(f"Log: position {standing.head.position:,}" + (f", {when:%Y-%m-%d %H:%M:%S} UTC" if when else ", empty"))
    if settings.distributed or standing.relay:
        lag = standing.head.position - standing.relay
        OUT.print(f"Relay: position {standing.relay:,}, lag {lag:,}")
    OUT.print(_projections(standing))
    if any(queue.counts for queue in standing.queues):
        OUT.print(_queues(standing.queues))
    dead = sum(queue.counts.get("dead", 0) for queue in standing.queues)
    if dead:
        OUT.print(f"[red]Jobs that were given up: {dead:,}[/red]; `till jobs list --status dead` shows them")
    if standing.stops:
        OUT.print(_stops(standing.stops))
    if standing.dead_letters:
        OUT.print(_dead_letters(standing.dead_letters))


def _projections(standing: Standing) -> Table:
    table = Table(title="Projections", title_justify="left")
    for column in ("projection", "schema", "state"):
        table.add_column(column, overflow="fold")
    for column in ("position", "lag"):
        table.add_column(column, justify="right")
    table.add_column("stopped", justify="right")
    for each in standing.instances:
        lag = standing.head.position - each.position
        stopped = f"[red]{each.stopped_slots}[/red]" if each.stopped_slots else "0"
        table.add_row(each.name, each.schema, _state(each), f"{each.position:,}", f"{lag:,}", stopped)
    return table


def _state(instance: Instance) -> str:
    return "[green]live[/green]" if instance.live else instance.state


def _queues(queues: list[Queue]) -> Table:
    statuses = sorted({status for queue in queues for status in queue.counts})
    table = Table("process manager", title="Due commands", title_justify="left")
    for name in statuses:
        table.add_column(name, justify="right")
    for queue in queues:
        table.add_row(queue.name, *(f"{queue.counts.get(name, 0):,}" for name in statuses))
    return table


def _stops(stops: list[Stop]) -> Table:
    table = Table("schema", "slot", "position", "event", "since", "error", title="Stopped", title_justify="left")
    for stop in stops:
        since = f"{stop.stopped_at:%Y-%m-%d %H:%M:%S}"
        table.add_row(stop.schema, stop.slot, f"{stop.position:,}", stop.type, since, stop.error)
    return table


def _dead_letters(letters: list[DeadLetter]) -> Table:
    columns = ("number", "projection", "slot", "record", "since", "error")
    table = Table(*columns, title="Dead letters: `till dead-letters retry|skip NUMBER`", title_justify="left")
    for letter in letters:
        record = f"{letter.topic}[{letter.partition}] @ {letter.offset}"
        since = f"{letter.stored_at:%Y-%m-%d %H:%M:%S}"
        table.add_row(str(letter.number), letter.name, letter.slot, record, since, letter.error)
    return table
