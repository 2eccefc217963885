"""Runs the property tests, and the chaos of streaming, at their large sizes and keeps what was tried; arguments go to
pytest."""

import json
import os
import platform
import re
import secrets
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

RESULT = Path(__file__).parent / "results" / "soak.json"
EXAMPLES = re.compile(r"(\d+) passing")


class Recorder:
    """Keeps each test's outcome, its duration, how many examples Hypothesis tried, and the figures it recorded."""

    def __init__(self) -> None:
        self.tests: dict[str, dict[str, Any]] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        test = self.tests.setdefault(report.nodeid, {"test": report.nodeid, "outcome": "passed", "seconds": 0.0})
        test["seconds"] = round(test["seconds"] + report.duration, 2)
        if report.outcome != "passed":
            test["outcome"] = report.outcome
        test.update(report.user_properties)

    def pytest_runtest_teardown(self, item: pytest.Item) -> None:
        statistics = getattr(item, "hypothesis_statistics", None)
        if statistics is not None:
            self.tests[item.nodeid]["examples"] = sum(map(int, EXAMPLES.findall(statistics)))


def main(arguments: list[str]) -> int:
    """Writes the result where everything passed or not; gives pytest's exit code."""
    os.environ.setdefault("HYPOTHESIS_PROFILE", "soak")
    seed, recorder, started = secrets.randbelow(2**32), Recorder(), time.monotonic()
    selection = arguments or ["tests"]
    code = pytest.main(
        ["-q", "-m", "property or soak", f"--hypothesis-seed={seed}", "-p", "no:cacheprovider", *selection],
        plugins=[recorder],
    )
    RESULT.parent.mkdir(parents=True, exist_ok=True)
    result = summary(recorder, seed=seed, seconds=time.monotonic() - started)
    RESULT.write_text(json.dumps(result, indent=2) + "\n")
    print(f"{result['examples']:,} examples in {result['seconds']:,.0f} s, seed {seed}; kept in {RESULT}")
    return int(code)


def summary(recorder: Recorder, *, seed: int, seconds: float) -> dict[str, Any]:
    """What is checked in."""
    tests = list(recorder.tests.values())
    return {
        "finishedAt": datetime.now(UTC).isoformat(timespec="seconds"),
        "python": platform.python_version(),
        "cores": os.cpu_count(),
        "profile": os.environ["HYPOTHESIS_PROFILE"],
        "seed": seed,
        "seconds": round(seconds, 1),
        "passed": sum(test["outcome"] == "passed" for test in tests),
        "failed": sum(test["outcome"] == "failed" for test in tests),
        "examples": sum(test.get("examples", 0) for test in tests),
        "tests": tests,
    }


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
