"""The image: pinned, small, nobody's root, and with everything in it that it needs."""

import re
import tomllib
from collections.abc import Sequence

from tests.support.compose import ROOT

DOCKERFILE = ROOT.joinpath("Dockerfile").read_text()
INSTRUCTIONS = re.findall(r"^([A-Z]+) (.+)$", DOCKERFILE.replace("\\\n", " "), re.MULTILINE)


def arguments(instruction: str) -> Sequence[str]:
    return [text for name, text in INSTRUCTIONS if name == instruction]


def last_stage() -> Sequence[tuple[str, str]]:
    start = max(index for index, (name, _) in enumerate(INSTRUCTIONS) if name == "FROM")
    return INSTRUCTIONS[start:]


def test_both_stages_stand_on_one_base_pinned_by_its_digest() -> None:
    assert re.fullmatch(r"PYTHON=python:3\.11\.\d+-slim-\w+@sha256:[0-9a-f]{64}", arguments("ARG")[0])
    assert [text.split()[0] for text in arguments("FROM")] == ["${PYTHON}", "${PYTHON}"]


def test_dependencies_are_checked_wheels() -> None:
    (install,) = (text for text in arguments("RUN") if "-r requirements.lock" in text)
    assert "--require-hashes" in install
    assert "--only-binary :all:" in install


def test_it_ends_as_a_numbered_user_with_nothing_of_the_build() -> None:
    stage = last_stage()
    (user,) = (text for name, text in stage if name == "USER")
    assert re.fullmatch(r"[1-9]\d*:[1-9]\d*", user)
    assert [text for name, text in stage if name == "COPY"] == ["--from=build /venv /venv"]


def test_every_package_comes_into_the_build_and_no_more() -> None:
    packages = tomllib.loads(ROOT.joinpath("pyproject.toml").read_text())["tool"]["hatch"]["build"]["targets"]["wheel"]
    copied = {text.split()[0] for name, text in INSTRUCTIONS if name == "COPY" and text.split()[0] == text.split()[-1]}
    assert copied == set(packages["packages"])
    ignored = ROOT.joinpath(".dockerignore").read_text().split()
    kept = {line.removeprefix("!") for line in ignored if line.startswith("!")}
    assert ignored[0] == "*"
    assert kept == copied | {"requirements.lock", "pyproject.toml", "README.md"}
