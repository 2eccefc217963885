"""`till`: one command line for those who run, watch and replay the shop."""

from collections.abc import Mapping
from importlib import import_module
from typing import Any

import typer
from typer.core import TyperGroup
from typer.main import get_group

COMMANDS: Mapping[str, str] = {
    "serve": "serving",
    "api": "serving",
    "worker": "serving",
    "relay": "relaying",
    "project": "streaming",
    "process": "streaming",
    "execute": "executing",
    "seed": "seeding",
    "admin": "admins",
    "kafka": "brokers",
    "topics": "relaying",
    "migrate": "operating",
    "doctor": "operating",
    "images": "picturing",
    "status": "watching",
    "reconcile": "reconciling",
    "replay": "replaying",
    "rebuild": "replaying",
    "asyncapi": "documents",
    "openapi": "describing",
    "postman": "describing",
    "projections": "deciding",
    "dead-letters": "dead_letters",
    "jobs": "jobs",
}
"""Each command, and the module beside this one that has a function or a group of that name."""


def till() -> None:
    """One command line for those who run, watch and replay the shop."""


def command(name: str) -> Any:
    """The command as the command line carries it out; None where there is none of that name."""
    if name not in COMMANDS:
        return None
    part = getattr(import_module(f"infrastructure.cli.{COMMANDS[name]}"), name.replace("-", "_"))
    alone = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
    alone.callback()(till)
    if isinstance(part, typer.Typer):
        alone.add_typer(part, name=name)
    else:
        alone.command(name)(part)
    return get_group(alone).commands[name]


class Commands(TyperGroup):
    """Imports what the command that was asked for needs, and nothing else: a process starts in half the time."""

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002 - as it is called
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ARG002 - likewise
        return command(cmd_name)


app = typer.Typer(name="till", cls=Commands, no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)


app.callback()(till)


def main() -> None:
    """The entry point of the installed script."""
    app()
