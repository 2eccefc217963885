"""The documents that are kept beside the code."""

from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
import typer
from typer.testing import CliRunner

from api.app import api_routes
from api.described import openapi_text, postman_text
from infrastructure.cli.describing import OPENAPI, POSTMAN, openapi, postman
from tests.architecture.source import ROOT

KEPT = [(openapi, OPENAPI), (postman, POSTMAN)]


def till(command: Callable[..., None], *arguments: str) -> tuple[int, str]:
    program = typer.Typer()
    program.command()(command)
    result = CliRunner().invoke(program, arguments)
    return result.exit_code, result.output


@pytest.mark.parametrize("text", [openapi_text, postman_text])
def test_a_document_is_the_same_every_time(text: Callable[[], str]) -> None:
    assert text() == text()


@pytest.mark.parametrize(("command", "file"), KEPT)
def test_what_is_checked_in_is_what_the_code_says(command: Callable[..., None], file: Path) -> None:
    assert till(command, "--check", "--output", str(ROOT / file))[0] == 0


@pytest.mark.parametrize(("command", "file"), KEPT)
def test_an_old_or_missing_document_is_told(command: Callable[..., None], file: Path, tmp_path: Path) -> None:
    kept = tmp_path / "kept.json"
    assert till(command, "--check", "--output", str(kept))[0] == 1
    till(command, "--output", str(kept))
    assert kept.read_bytes() == (ROOT / file).read_bytes()
    kept.write_text(kept.read_text().replace("Log in", "Log on"))
    assert till(command, "--check", "--output", str(kept))[0] == 1


def test_the_collection_has_every_operation_with_its_parameters() -> None:
    collection = msgspec.json.decode(postman_text())
    requests = [item["request"] for folder in collection["item"] for item in folder["item"]]
    found = {(each["method"], each["url"]["raw"].removeprefix("{{baseUrl}}")) for each in requests}
    routes = [(method, route.path) for route in api_routes() for method in route.methods or ()]
    assert found == {(method, path.replace("{", ":").replace("}", "")) for method, path in routes}
    for request in requests:
        asked = [part[1:] for part in request["url"]["path"] if part.startswith(":")]
        assert [each["key"] for each in request["url"].get("variable", ())] == asked
