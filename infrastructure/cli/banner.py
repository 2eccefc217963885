"""What `till serve` says once the shop is open."""

import asyncio
import time

from rich.panel import Panel
from rich.table import Table

from infrastructure.cli.checks import fetch
from infrastructure.cli.entry import ERRORS, OUT
from infrastructure.demo.people import SHOWN
from infrastructure.settings import Settings

READY_SECONDS = 60.0
POLL_SECONDS = 0.1
SHOWS_MOST = "minDiscount=20"
"""Of the demo's goods, one with pictures, reviews and a sale that is on."""


async def announce_when_ready(settings: Settings, *, demo: bool) -> None:
    """Wait until the API says that it is ready, then print where it is and how to get in."""
    url = f"http://{_reachable(settings.host)}:{settings.port}"
    deadline = time.monotonic() + READY_SECONDS
    while await asyncio.to_thread(fetch, f"{url}/health/ready") is None:
        if time.monotonic() > deadline:
            ERRORS.print(
                f"The shop is not ready after {READY_SECONDS:.0f} s; {url}/health/ready says why.", style="red"
            )
            return
        await asyncio.sleep(POLL_SECONDS)
    OUT.print(_panel(url, demo=demo))


def _panel(url: str, *, demo: bool) -> Panel:
    grid = Table.grid(padding=(0, 2))
    grid.add_row("API", f"{url}/api/v1")
    grid.add_row("Docs", f"{url}/docs")
    if demo:
        for login in SHOWN:
            grid.add_row(login.role.capitalize(), f"{login.email}  {login.password}")
    grid.add_row("Try", f"curl -s '{url}/api/v1/products?{SHOWS_MOST if demo else 'limit=1'}'")
    grid.add_row("Stop", "Ctrl-C")
    return Panel(grid, title="Tillstream is open", title_align="left", expand=False)


def _reachable(host: str) -> str:
    """Where a client on this machine finds a server that listens on every address."""
    if host in {"0.0.0.0", "::"}:  # noqa: S104 - compared, not bound
        return "127.0.0.1"
    return f"[{host}]" if ":" in host else host
