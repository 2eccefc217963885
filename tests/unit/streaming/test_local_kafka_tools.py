"""Which Java can run a broker, and what somebody is told who has none."""

import pytest

from infrastructure.streaming.kafka.tools import LocalKafkaUnavailable, java, maven


def somewhere(program: str) -> str:
    return f"/usr/bin/{program}"


def nowhere(_: str) -> None:
    return None


@pytest.mark.parametrize(
    "said",
    ['openjdk version "17.0.15" 2025-04-15', 'java version "25" 2025-09-16 LTS', 'openjdk version "21-ea" 2023-09-19'],
)
def test_a_java_that_is_new_enough_is_taken(said: str) -> None:
    assert java(find=somewhere, ask=lambda _: said) == "/usr/bin/java"


@pytest.mark.parametrize(("said", "number"), [('java version "1.8.0_392"', 8), ('openjdk version "11.0.2" 2019', 11)])
def test_an_old_java_is_named_with_what_to_install(said: str, number: int) -> None:
    with pytest.raises(LocalKafkaUnavailable, match=rf"/usr/bin/java is Java {number}, .*Install Java 17 or newer"):
        java(find=somewhere, ask=lambda _: said)


def test_without_java_somebody_is_told_what_to_install() -> None:
    with pytest.raises(LocalKafkaUnavailable, match=r"there is none\. Install Java 17 or newer"):
        java(find=nowhere)


def test_a_placeholder_that_runs_nothing_is_no_java() -> None:
    with pytest.raises(LocalKafkaUnavailable, match="there is none"):
        java(find=lambda _: "/bin/false")


def test_without_maven_somebody_is_told_what_to_install() -> None:
    with pytest.raises(LocalKafkaUnavailable, match=r"no 'mvn'\. Install it"):
        maven(find=nowhere)
    assert maven(find=somewhere) == "/usr/bin/mvn"
