"""A process imports what it works with: with Kafka there are many, and each starts at the cost of its imports."""

import subprocess
import sys

import pytest

HEAVY = frozenset({"aiokafka", "fastapi", "faust", "kafka", "starlette", "uvicorn"})
LOADED = "import sys, infrastructure.cli.main as till; till.command(sys.argv[1]); print(*sys.modules)"


@pytest.mark.parametrize(
    ("command", "needed"),
    [
        ("execute", set[str]()),
        ("status", set[str]()),
        ("relay", {"kafka"}),
        ("project", {"aiokafka", "faust", "kafka"}),
    ],
)
def test_a_command_loads_only_what_it_works_with(command: str, needed: set[str]) -> None:
    done = subprocess.run(
        (sys.executable, "-c", LOADED, command), check=True, capture_output=True, text=True, timeout=60
    )
    assert HEAVY & set(done.stdout.split()) == needed
