"""Kafka's jars: what is pinned, fetched once, whole or not at all."""

import hashlib
import re
from concurrent.futures import ThreadPoolExecutor, wait
from pathlib import Path
from threading import Event

import pytest

from infrastructure.streaming.kafka.jars import POM, SUMS, copied_by, fetched, kafka_version
from infrastructure.streaming.kafka.tools import LocalKafkaUnavailable

JARS = {"broker-1.jar": b"a broker", "clients-1.jar": b"its clients"}


@pytest.fixture
def sums(tmp_path: Path) -> Path:
    path = tmp_path / "sums"
    path.write_text("".join(f"{hashlib.sha256(content).hexdigest()}  {name}\n" for name, content in JARS.items()))
    return path


def quietly(_: str) -> None:
    return None


def put(folder: Path) -> None:
    for name, content in JARS.items():
        (folder / name).write_bytes(content)


def content(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_what_was_fetched_is_not_fetched_again(tmp_path: Path, sums: Path) -> None:
    said: list[str] = []
    first = fetched(tmp_path / "cache", say=said.append, copy=put, sums=sums)
    assert fetched(tmp_path / "cache", say=said.append, sums=sums) == first
    assert content(first) == JARS
    assert len(said) == 1


def test_two_who_fetch_at_once_fetch_once(tmp_path: Path, sums: Path) -> None:
    began, go_on = Event(), Event()
    copies: list[Path] = []

    def slowly(folder: Path) -> None:
        copies.append(folder)
        began.set()
        assert go_on.wait(10)
        put(folder)

    with ThreadPoolExecutor(2) as both:
        first = both.submit(fetched, tmp_path, say=quietly, copy=slowly, sums=sums)
        assert began.wait(10)
        second = both.submit(fetched, tmp_path, say=quietly, copy=slowly, sums=sums)
        assert wait([second], timeout=0.2).done == set()
        assert len(copies) == 1
        go_on.set()
    assert first.result() == second.result()
    assert len(copies) == 1
    assert content(first.result()) == JARS


def test_a_fetch_that_broke_off_is_done_again(tmp_path: Path, sums: Path) -> None:
    def break_off(folder: Path) -> None:
        (folder / "half.jar").touch()
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fetched(tmp_path, say=quietly, copy=break_off, sums=sums)
    assert content(fetched(tmp_path, say=quietly, copy=put, sums=sums)) == JARS


@pytest.mark.parametrize(
    ("name", "content"), [("broker-1.jar", b"another"), ("more.jar", b"not asked for")], ids=["changed", "additional"]
)
def test_a_jar_that_is_not_as_pinned_is_refused(tmp_path: Path, sums: Path, name: str, content: bytes) -> None:
    def differently(folder: Path) -> None:
        put(folder)
        (folder / name).write_bytes(content)

    for _ in range(2):
        with pytest.raises(LocalKafkaUnavailable, match=f"not what sums pins: {name}$"):
            fetched(tmp_path, say=quietly, copy=differently, sums=sums)


def test_a_maven_that_fails_is_quoted(tmp_path: Path, sums: Path) -> None:
    maven = tmp_path / "mvn"
    maven.write_text("#!/bin/sh\necho 'no route to anywhere'\nexit 1\n")
    maven.chmod(0o755)
    with pytest.raises(LocalKafkaUnavailable, match=r"did not fetch Apache Kafka\.\nno route to anywhere"):
        fetched(tmp_path / "cache", say=quietly, copy=copied_by(str(maven)), sums=sums)


def test_a_cache_that_cannot_be_made_is_named(tmp_path: Path, sums: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(LocalKafkaUnavailable, match=r"cannot be kept in .*/file/cache"):
        fetched(tmp_path / "file" / "cache", say=quietly, copy=put, sums=sums)


def test_the_pom_pins_every_version_and_the_sums_are_of_that_kafka() -> None:
    pom = POM.read_text()
    assert f"kafka_2.13-{kafka_version()}.jar" in SUMS.read_text()
    assert re.findall(r"[\[(,)\]]|LATEST|RELEASE|SNAPSHOT", "".join(re.findall(r"<[\w.]*version>(.+?)<", pom))) == []
    assert pom.count("<artifactId>") == len(re.findall(r"<version>", pom))
    assert "://" not in pom
