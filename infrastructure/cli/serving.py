"""`till serve`, `till api` and `till worker`: what runs."""

import asyncio
import os
import socket
from typing import Annotated

import structlog
import typer
import uvicorn
import uvloop

from infrastructure.bootstrap.worker import work
from infrastructure.cli.banner import announce_when_ready
from infrastructure.cli.entry import program
from infrastructure.cli.programs import TILL, api_programs, background_programs
from infrastructure.metrics import process_ended, shared_metrics
from infrastructure.postgres.database import keep_running, open_database
from infrastructure.postgres.migrate import migrate
from infrastructure.security.master_key import require_known
from infrastructure.settings import Settings
from infrastructure.supervision.child import Happening, Program
from infrastructure.supervision.listening import BACKLOG, listen
from infrastructure.supervision.parent import leave_with
from infrastructure.supervision.run import run_to_end
from infrastructure.supervision.supervisor import STOP_SIGNALS, Supervisor

APPLICATION = "api.main:app"
GRACE = 8
"""Seconds; less than the supervisor gives us."""

Parent = Annotated[int | None, typer.Option(help="Process that this one ends with.", hidden=True)]


def serve(
    demo: Annotated[bool, typer.Option(help="Fill an empty shop with demo data first.")] = False,
    trade: Annotated[bool, typer.Option(help="Of the demo, orders and reviews too, not only people and goods.")] = True,
) -> None:
    """Run the shop: the database where there is none, the API processes and the worker; with Kafka, four
    processes that share the worker's work. Ctrl-C stops it cleanly."""
    with (
        program("serve") as settings,
        listen(settings.host, settings.port) as listening,
        open_database(settings) as db,
        shared_metrics(),
    ):
        migrate(db)
        require_known(db, settings.pii_master_key)
        if demo:
            run_to_end(Program("seed", (*TILL, "seed", "--quiet", "--trade" if trade else "--no-trade")))
        if settings.distributed:
            run_to_end(Program("topics", (*TILL, "topics")))
        supervisor = Supervisor(
            front=api_programs(settings, listening), back=background_programs(settings), witness=_note
        )
        asyncio.run(supervisor.run(stop_accepting=listening.close, meanwhile=_meanwhile(settings, demo=demo)))


async def _meanwhile(settings: Settings, *, demo: bool) -> None:
    await asyncio.gather(announce_when_ready(settings, demo=demo), keep_running(settings))


def api(
    fd: Annotated[int | None, typer.Option(help="Listening socket to inherit.", hidden=True)] = None,
    parent: Parent = None,
) -> None:
    """Run one API process."""
    if parent is not None:
        leave_with(parent)
    with program("api") as settings, open_database(settings) as conninfo:
        require_known(conninfo, settings.pii_master_key)
        listening = listen(settings.host, settings.port) if fd is None else socket.socket(fileno=fd)
        server = Server(uvicorn_config())
        server.run(sockets=[listening])
        if not server.started:
            raise typer.Exit(3)


def worker(
    nice: Annotated[int, typer.Option(help="How far behind other processes it stands for the processor.")] = 0,
    parent: Parent = None,
) -> None:
    """Run the worker: it feeds the read models and process managers, and carries out what falls due."""
    if parent is not None:
        leave_with(parent)
    os.nice(nice)
    with program("worker") as settings, open_database(settings) as conninfo:
        uvloop.run(_work(settings, conninfo))


async def _work(settings: Settings, conninfo: str) -> None:
    stop, loop = asyncio.Event(), asyncio.get_running_loop()
    for number in STOP_SIGNALS:
        loop.add_signal_handler(number, stop.set)
    await work(settings, conninfo, stop)


def uvicorn_config() -> uvicorn.Config:
    """How an API process serves; the benchmarks measure others by the same."""
    return uvicorn.Config(
        APPLICATION,
        factory=True,
        loop="uvloop",
        http="httptools",
        lifespan="on",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        backlog=BACKLOG,
        timeout_graceful_shutdown=GRACE,
        ws="websockets-sansio",
        ws_max_size=4_096,
        ws_ping_interval=20.0,
        ws_ping_timeout=20.0,
        ws_per_message_deflate=False,  # what is told is short, and a compressor for each that listens is not
    )


class Server(uvicorn.Server):
    """Ends the streams, which have no end of their own, before it waits for what is under way."""

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self.config.loaded_app.end_streams()
        await super().shutdown(sockets)


def _note(name: str, happening: Happening, *, pid: int, code: int | None) -> None:
    if happening is not Happening.STARTED:
        process_ended(pid)
    log = structlog.get_logger("till.supervisor")
    say = log.warning if happening in {Happening.DIED, Happening.KILLED} else log.info
    say(f"process-{happening}", program=name, pid=pid, code=code)
