"""What each part may lean on from outside, and how it is pinned."""

import ast
import re
import sys
import tomllib
from collections.abc import Iterator

import pytest

from tests.architecture.source import PACKAGES, ROOT, Source, sources

ALLOWED = {
    "domain": {"msgspec", "immutables"},
    "application": {"msgspec", "immutables"},
    "projections": {"msgspec", "psycopg", "psycopg_pool"},
}
STREAMING = {"kafka", "faust", "aiokafka"}
LOCKS = ("requirements.lock", "requirements-dev.lock")
NAMES_A_PLACE = re.compile(r"://|--(?:index|extra-index|find-links|trusted)|/(?:home|root|opt|tmp|work|Users)/")


def foreign_imports(source: Source) -> Iterator[str]:
    allowed = ALLOWED[source.package] | set(PACKAGES) | sys.stdlib_module_names
    for name in source.imports():
        if name not in allowed:
            yield f"{source.path} imports {name}"


def floats(source: Source) -> Iterator[str]:
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Name) and node.id == "float":
            yield f"{source.path}:{node.lineno} names float"
        if isinstance(node, ast.Constant) and isinstance(node.value, float):
            yield f"{source.path}:{node.lineno} has a float literal"


def streaming_imports(source: Source) -> Iterator[str]:
    for name in source.imports():
        if name in STREAMING and not source.path.startswith("infrastructure/streaming/"):
            yield f"{source.path} imports {name}"


def test_the_inner_packages_lean_on_nothing_but_what_is_listed() -> None:
    assert [breach for source in sources(*ALLOWED) for breach in foreign_imports(source)] == []
    assert list(foreign_imports(Source("domain/a.py", "import psycopg\n"))) == ["domain/a.py imports psycopg"]


def test_no_float_comes_near_the_domain() -> None:
    assert [breach for source in sources("domain", "application") for breach in floats(source)] == []
    assert len(list(floats(Source("domain/a.py", "def f(price: float) -> int: return int(price * 1.18)")))) == 2


def test_kafka_and_faust_stay_in_one_place() -> None:
    assert [breach for source in sources(*PACKAGES) for breach in streaming_imports(source)] == []
    assert list(streaming_imports(Source("projections/a.py", "from kafka import KafkaProducer"))) != []
    assert list(streaming_imports(Source("infrastructure/streaming/a.py", "import faust"))) == []


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_pins_and_hashes_everything_and_names_no_place(lock: str) -> None:
    text = (ROOT / lock).read_text()
    assert NAMES_A_PLACE.search(text) is None
    requirements = re.split(r"\n(?=\S)", text.strip())
    assert len(requirements) > 40
    assert [each for each in requirements if "==" not in each or "--hash=sha256:" not in each] == []


def test_a_place_in_a_lock_would_be_noticed() -> None:
    for line in ("--find-links /srv/wheels", "x @ https://registry.example/x.whl", "x @ file:///opt/wheels/x.whl"):
        assert NAMES_A_PLACE.search(line)


def test_every_declared_dependency_is_in_the_lock() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    names = {re.split(r"[\[<>=;~! ]", each, maxsplit=1)[0] for each in project["project"]["dependencies"]}
    locked = set(re.findall(r"^([a-z0-9-]+)==", (ROOT / "requirements.lock").read_text(), flags=re.MULTILINE))
    assert names - locked == set()
