"""`till`: one command line for those who run, watch and replay the shop."""

import typer

from infrastructure.cli import (
    brokers,
    dead_letters,
    deciding,
    documents,
    operating,
    relaying,
    replaying,
    seeding,
    serving,
    streaming,
    watching,
)

app = typer.Typer(name="till", help=__doc__, no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
for command in (
    serving.serve,
    serving.api,
    serving.worker,
    relaying.relay,
    streaming.project,
    streaming.process,
    streaming.execute,
    seeding.seed,
    brokers.kafka,
    relaying.topics,
    operating.migrate,
    operating.doctor,
    watching.status,
    replaying.replay,
    replaying.rebuild,
    documents.asyncapi,
):
    app.command()(command)
app.add_typer(deciding.projections, name="projections")
app.add_typer(dead_letters.dead_letters, name="dead-letters")


def main() -> None:
    """The entry point of the installed script."""
    app()
