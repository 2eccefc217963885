"""`till relay` and `till topics`: how the log gets to Kafka."""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Annotated, NoReturn

import typer
from rich.table import Table

from infrastructure.bootstrap import streaming
from infrastructure.cli.entry import ERRORS, OUT, program
from infrastructure.collector import spare_long_lived_objects
from infrastructure.eventstore.codec import UnknownTopic
from infrastructure.postgres.database import open_database
from infrastructure.settings import Settings
from infrastructure.streaming.clients import BrokersUnreachable
from infrastructure.streaming.exposition import expose
from infrastructure.streaming.relay_state import LogHasGap
from infrastructure.streaming.repartitioning import NotDrained
from infrastructure.streaming.sending import Unsendable
from infrastructure.streaming.topics import OtherPartitions, State, Topic, TopicsUnfit
from infrastructure.supervision.parent import leave_with

FATAL = (BrokersUnreachable, LogHasGap, TopicsUnfit, UnknownTopic, Unsendable)
MOST = 1024
DRAINING = """
To keep the number of slots, name other topics by KAFKA_TOPIC_PREFIX, or delete these where nobody needs them.
To change it:
  1. Stop what writes: till api, till execute, till seed.
  2. Wait until `till status` shows no lag, nothing stopped, and the relay at the end of the log.
  3. Stop the rest: till relay, till project, till process, till worker, till serve.
  4. Set KAFKA_TOPIC_PREFIX to a new prefix: the former topics hold events in their former places, for others to read.
  5. till topics --partitions N
  6. Start everything, with the new prefix."""
STYLES = {State.CREATED: "green", State.ALTERED: "yellow", State.THERE: ""}


def relay(
    metrics_port: Annotated[
        int | None, typer.Option(help="Where Prometheus finds the metrics, on every address.")
    ] = None,
    parent: Annotated[int | None, typer.Option(help="Process that this one ends with.", hidden=True)] = None,
) -> None:
    """Send the log to Kafka. Any number may run: one leads, the others stand by."""
    if parent is not None:
        leave_with(parent)
    with _distributed("relay") as (settings, conninfo):
        ready = streaming.relay(settings, conninfo)
        spare_long_lived_objects()
        with expose(metrics_port):
            # SIGTERM raises SystemExit wherever it is: a batch in hand is abandoned, and sent by the next leader.
            ready.run(threading.Event())


def topics(
    partitions: Annotated[
        int | None, typer.Option(min=1, max=MOST, help="Change the slots per family; refused unless all is drained.")
    ] = None,
) -> None:
    """Make the topics of all families, and bring the settings of those that are there in line."""
    with _distributed("topics") as (settings, conninfo):
        try:
            found = streaming.topics(settings, conninfo, partitions=partitions)
        except OtherPartitions as others:
            _refuse("topics", f"{others}. Nothing was changed.\n{DRAINING}")
        except NotDrained as unfinished:
            reasons = "\n".join(f"  - {reason}" for reason in unfinished.reasons)
            _refuse(
                "topics", f"the number of slots cannot be changed now:\n{reasons}\nNothing was changed.\n{DRAINING}"
            )
        OUT.print(_table(found))


@contextmanager
def _distributed(name: str) -> Iterator[tuple[Settings, str]]:
    """The settings, and the database's connection string; what cannot be gone on from is told in a sentence."""
    with program(name) as settings:
        if not settings.distributed:
            _refuse(name, "KAFKA_BOOTSTRAP_SERVERS is not set: there is no Kafka to send to.")
        # What the client says of every connection that fails, the relay says once, and with what it means.
        for noisy in ("kafka.net", "kafka.cluster"):
            logging.getLogger(noisy).setLevel(logging.CRITICAL)
        try:
            with open_database(settings) as conninfo:
                yield settings, conninfo
        except FATAL as failure:
            _refuse(name, str(failure))


def _refuse(name: str, reason: str) -> NoReturn:
    ERRORS.print(f"till {name}: {reason}", style="red", markup=False, soft_wrap=True)
    raise typer.Exit(1)


def _table(found: list[Topic]) -> Table:
    table = Table("topic", title="Topics", title_justify="left")
    for column in ("partitions", "replication", "retention"):
        table.add_column(column, justify="right")
    table.add_column("")
    for topic in found:
        kept = _retention(topic.retention)
        table.add_row(
            topic.name, str(topic.partitions), str(topic.replication), kept, topic.state, style=STYLES[topic.state]
        )
    return table


def _retention(kept: timedelta | None) -> str:
    if kept is None:
        return "for ever"
    return f"{kept.days} days" if kept == timedelta(days=kept.days) else str(kept)
