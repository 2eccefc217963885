"""`till openapi` and `till postman`: the API's description, in files that are checked in."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from api.described import openapi_text, postman_text
from infrastructure.cli.entry import ERRORS

OPENAPI = Path("docs/openapi.json")
POSTMAN = Path("docs/postman.json")

Check = Annotated[bool, typer.Option("--check", help="Write nothing; fail where the file is not what the code says.")]
Output = Annotated[Path | None, typer.Option(help="Where it is written, or checked; the file in docs/ unless named.")]


def openapi(output: Output = None, check: Check = False) -> None:
    """Write the OpenAPI 3.1 document of every route, docs/openapi.json."""
    _keep(openapi_text, output or OPENAPI, check=check)


def postman(output: Output = None, check: Check = False) -> None:
    """Write the Postman collection that is made from it, docs/postman.json."""
    _keep(postman_text, output or POSTMAN, check=check)


def _keep(text: Callable[[], str], file: Path, *, check: bool) -> None:
    if not check:
        file.write_text(text(), encoding="utf-8")
    elif not file.is_file() or file.read_text(encoding="utf-8") != text():
        ERRORS.print(f"{file} is not what the code says now; `make documents` writes it", markup=False, soft_wrap=True)
        raise typer.Exit(1)
