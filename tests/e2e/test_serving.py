"""`till serve` on an empty directory: open in seconds, hard to kill, and gone without a trace when it is stopped."""

import json
import re
import subprocess
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from tests.support.modes import Mode
from tests.support.system import TILL, System, eventually


@pytest.fixture(scope="module")
def shop(mode: Mode, tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    with System(tmp_path_factory.mktemp("shop"), api_processes=2, environment=mode.environment()) as running:
        eventually("the banner", lambda: "Tillstream is open" in running.log.read_text())
        yield running


def fetched(url: str, body: dict[str, str] | None = None) -> Any:
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=10) as answer:
        return json.load(answer)


def run(shop: System, *arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [*TILL, *arguments],
        env=shop.environment,
        cwd=shop.home,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_what_the_banner_says_is_true(shop: System) -> None:
    banner = shop.log.read_text()
    url = re.search(r"curl -s '([^']+)'", banner)
    assert url is not None
    assert len(fetched(url[1])["items"]) == 1
    logins = re.findall(r"(Buyer|Seller|Admin)\s+(\S+)\s+(\S+)", banner)
    assert [role for role, _, _ in logins] == ["Buyer", "Seller", "Admin"]
    for _, email, password in logins:
        assert fetched(f"{shop.url}/api/v1/auth/login", {"email": email, "password": password})["accessToken"]


def test_while_a_killed_api_process_is_replaced_nobody_is_refused(shop: System) -> None:
    before = {process.pid for process in shop.processes("api")}
    killed = shop.kill("api")
    for _ in range(50):
        assert fetched(f"{shop.url}/health/live")
    eventually("a new one", lambda: len({process.pid for process in shop.processes("api")} - {killed}) == 2)
    assert len({process.pid for process in shop.processes("api")} - before) == 1


def test_a_killed_worker_is_replaced(shop: System, mode: Mode) -> None:
    for kind in ("relay", "execute", "project", "process") if mode.distributed else ("worker",):
        before = len(shop.processes(kind))
        killed = shop.kill(kind)
        eventually(f"a new {kind}", lambda: len(living_but(killed, shop.processes(kind))) == before)  # noqa: B023


def test_a_stop_leaves_no_process_behind(tmp_path: Path, mode: Mode) -> None:
    with System(tmp_path, demo=False, environment=mode.environment()) as shop:
        processes = all_processes(shop, mode)
    assert shop.exit_code == 0
    assert living(processes) == []


def test_a_killed_supervisor_leaves_no_process_behind(tmp_path: Path, mode: Mode) -> None:
    with System(tmp_path, demo=False, environment=mode.environment()) as shop:
        processes = all_processes(shop, mode)
        shop.supervisor.kill()
        eventually("all gone", lambda: not living(processes), seconds=40.0)


def test_a_second_shop_on_the_same_port_says_so(shop: System) -> None:
    second = run(shop, "serve")
    assert second.returncode == 1
    assert f"port {shop.port} on 127.0.0.1 is taken" in second.stderr
    assert fetched(f"{shop.url}/health/live")


def test_the_tools_work_beside_a_running_shop(shop: System) -> None:
    assert "0 of them new" in run(shop, "seed", "--no-trade").stdout
    assert "Tillstream is running there" in run(shop, "doctor").stdout
    assert re.search(r"(\d+) events to position \1 in .* events/s", run(shop, "replay").stdout)
    assert "catalogue is live in catalogue_v2 now" in run(shop, "rebuild", "catalogue").stdout
    assert "There is no projection 'nonsense'" in run(shop, "rebuild", "nonsense").stderr
    status = run(shop, "status").stdout
    assert re.search(r"Log: position \d+", status)
    assert re.search(r"catalogue_v1\s+│ fed", status)
    assert re.search(r"catalogue_v2\s+│ live", status)
    assert len(fetched(f"{shop.url}/api/v1/products?limit=1")["items"]) == 1


def postmaster(shop: System) -> psutil.Process:
    return psutil.Process(int((shop.home / ".till/postgres/data/postmaster.pid").read_text().split("\n")[0]))


def all_processes(shop: System, mode: Mode) -> list[psutil.Process]:
    """The shop's, and the server's main one. One API process; and one worker, or four that share its work."""
    workers = 4 if mode.distributed else 1
    processes = [*shop.supervisor.children(recursive=True), postmaster(shop)]
    assert len(processes) == 1 + workers + 1
    return processes


def living_but(killed: int, processes: list[psutil.Process]) -> list[psutil.Process]:
    return [each for each in processes if each.pid != killed]


def living(processes: list[psutil.Process]) -> list[psutil.Process]:
    return [each for each in processes if lives(each)]


def lives(process: psutil.Process) -> bool:
    try:
        return bool(process.is_running() and process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False
