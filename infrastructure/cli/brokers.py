"""`till kafka`: a real broker to try the distributed mode with, where none is at hand."""

import signal
import sys

import typer

from infrastructure.cli.entry import ERRORS, OUT, program
from infrastructure.streaming.kafka.tools import LocalKafkaUnavailable
from infrastructure.streaming.local_kafka import LocalKafka, LocalKafkaFailed


def kafka() -> None:
    """Fetch Apache Kafka by Maven, and run one node of it. Ctrl-C stops it cleanly; its data stays in TILL_HOME."""
    with program("kafka") as settings:
        signal.signal(signal.SIGINT, lambda *_: sys.exit(0))
        home = settings.till_home / "kafka"
        try:
            with LocalKafka(home, say=lambda step: OUT.print(f"{step} …", markup=False, soft_wrap=True)) as broker:
                OUT.print(_how_to_go_on(broker.bootstrap), markup=False, soft_wrap=True)
                last_words = broker.wait()
        except (LocalKafkaFailed, LocalKafkaUnavailable) as failed:
            last_words = str(failed)
        ERRORS.print(f"till kafka: {last_words}", style="red", markup=False, soft_wrap=True)
        raise typer.Exit(1)


def _how_to_go_on(bootstrap: str) -> str:
    return (
        f"Kafka serves at {bootstrap} until Ctrl-C. In another terminal:\n\n"
        f"  export KAFKA_BOOTSTRAP_SERVERS={bootstrap}\n"
        "  till topics\n"
        "  till serve\n"
    )
