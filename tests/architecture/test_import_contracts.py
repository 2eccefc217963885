"""Every import contract holds, and each catches a breach that is planted for it in a copy of the source."""

import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.architecture.source import PACKAGES, ROOT

LINT = "import sys; from importlinter.cli import lint_imports_command; lint_imports_command(sys.argv[1:])"

BREACHES = [
    ("layers", "domain/ordering/order.py", "import application.policy"),
    ("layers", "application/policy.py", "import projections.projection"),
    ("layers", "projections/projection.py", "import infrastructure.clock"),
    ("layers", "projections/projection.py", "import api.problems"),
    ("layers", "api/problems.py", "import infrastructure.clock"),
    ("layers", "infrastructure/clock.py", "import api.problems"),
    ("composition-root", "infrastructure/clock.py", "import infrastructure.bootstrap"),
    ("streaming", "infrastructure/runner/slots.py", "import faust"),
    ("streaming", "infrastructure/cli/streaming.py", "import kafka.errors"),
    ("streaming", "infrastructure/bootstrap/projecting.py", "from aiokafka import AIOKafkaConsumer"),
    ("streaming", "projections/projection.py", "import mode"),
    ("stripe", "infrastructure/bootstrap/api.py", "import stripe"),
    ("stripe", "api/routers/payments.py", "from stripe import Webhook"),
    ("domain", "domain/shared/money.py", "import domain.accounts.account"),
    ("domain", "domain/inventory/stock.py", "import domain.catalogue.product"),
    ("domain", "domain/newcomer.py", ""),
    ("application", "application/ports/clock.py", "import application.policy"),
    ("application", "application/inventory.py", "import application.catalogue"),
    ("application", "application/newcomer.py", ""),
    ("cycles", "infrastructure/settings.py", "import infrastructure.logs"),
    ("pure", "domain/shared/money.py", "import asyncio"),
    ("pure", "application/policy.py", "import psycopg"),
    ("read-models", "projections/projection.py", "import starlette"),
]

Lint = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture(scope="module")
def copied(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The packages and the contracts, to spoil at will."""
    copy = tmp_path_factory.mktemp("copy")
    for package in PACKAGES:
        shutil.copytree(ROOT / package, copy / package, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", copy)
    return copy


def lint(directory: Path, contract: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-c", LINT, "--no-logo", "--contract", contract]
    return subprocess.run(
        command,
        cwd=directory,
        env={"PYTHONPATH": str(directory)},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def contracts() -> list[dict[str, Any]]:
    configured = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    return list(configured)


@pytest.mark.parametrize("contract", [contract["id"] for contract in contracts()])
def test_the_contract_holds(copied: Path, contract: str) -> None:
    found = lint(copied, contract)
    assert found.returncode == 0, found.stdout


@pytest.mark.parametrize(("contract", "path", "statement"), BREACHES)
def test_a_planted_breach_is_caught(copied: Path, contract: str, path: str, statement: str) -> None:
    spoiled = copied / path
    before = spoiled.read_text() if spoiled.exists() else None
    spoiled.write_text(f"{before or ''}\n{statement}\n")
    try:
        found = lint(copied, contract)
    finally:
        spoiled.unlink() if before is None else spoiled.write_text(before)
    assert found.returncode == 1, found.stdout
    assert re.search("Contracts: 0 kept, 1 broken", found.stdout)


def test_no_contract_is_without_a_planted_breach() -> None:
    assert {contract["id"] for contract in contracts()} == {contract for contract, _, _ in BREACHES}


def test_every_package_has_its_layer() -> None:
    importable = {path.parent.name for path in ROOT.glob("*/__init__.py")} - {"tests", "benchmarks"}
    layers = next(contract for contract in contracts() if contract["id"] == "layers")["layers"]
    assert importable == {name.strip() for layer in layers for name in layer.split("|")} == set(PACKAGES)
