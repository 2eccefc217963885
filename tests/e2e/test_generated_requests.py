"""Whatever the document allows to be asked, and more: no fault, no answer that it does not describe."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from typing import Any

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis.checks import not_a_server_error
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.support.caller import PASSWORD, Caller
from tests.support.openapi import contract
from tests.support.stage import Stage
from tests.support.system import System

pytestmark = pytest.mark.alike

FEW, MANY = 3, 50
CHECKS: list[Any] = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
ENDLESS = frozenset({"GET /api/v1/inventory/events"})
"""Streams, which have tests of their own."""
SCHEMA: Any = schemathesis.openapi.from_dict(dict(contract().document))
OPERATIONS = {
    operation.label: operation
    for operation in (each.ok() for each in SCHEMA.get_all_operations())
    if operation.label not in ENDLESS
}
ROLES = ("anonymous", "buyer", "seller", "admin")
IN_PROCESS = pytest.mark.parametrize("mode", ["embedded"], indirect=True, scope="package")
"""The same API answers in both modes."""


@pytest.fixture(scope="module")
def stage(shop: System) -> Iterator[Stage]:
    with Stage(shop) as stage:
        yield stage


@pytest.fixture(scope="module")
def callers() -> dict[str, Caller]:
    """By role; replaced when one has logged out or deleted itself."""
    return {}


@pytest.fixture
def caller(role: str, stage: Stage, callers: dict[str, Caller]) -> Caller:
    kept = callers.get(role)
    if kept is None or (role != "anonymous" and kept.get("/users/me").status != 200):
        kept = callers[role] = ENTRANCES[role](stage)
    return kept


def an_admin(stage: Stage) -> Caller:
    """Another than the demo's, who is needed elsewhere."""
    caller, email = stage.newcomer(), stage.email()
    form = {"email": email, "password": PASSWORD, "name": "Grace", "role": "admin"}
    stage.admin.post("/users", form).expect(201)
    caller.log_in(email)
    return caller


ENTRANCES: Mapping[str, Callable[[Stage], Caller]] = {
    "anonymous": lambda stage: stage.nobody,
    "buyer": lambda stage: stage.newcomer(),
    "seller": lambda stage: stage.newcomer("seller"),
    "admin": an_admin,
}


def test_every_operation_is_among_them() -> None:
    described = {f"{method} {path}" for method, path, _ in contract().operations()}
    assert OPERATIONS.keys() == described - ENDLESS
    assert len(OPERATIONS) >= 48


@IN_PROCESS
@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("name", OPERATIONS)
def test_what_is_made_up_is_answered_as_described(name: str, role: str, caller: Caller) -> None:
    make_up(name, caller, examples=FEW)


@pytest.mark.soak
@IN_PROCESS
@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("name", OPERATIONS)
def test_much_that_is_made_up_is_answered_as_described(name: str, role: str, caller: Caller) -> None:
    make_up(name, caller, examples=MANY)


def make_up(name: str, caller: Caller, *, examples: int) -> None:
    """Requests that fit the document, and as many that do not, where there is anything in them that may not fit."""
    with requests.Session() as session:
        ask(name, caller, session, GenerationMode.POSITIVE, examples)
        with suppress(Unsatisfiable):
            ask(name, caller, session, GenerationMode.NEGATIVE, examples)


def ask(name: str, caller: Caller, session: requests.Session, kind: GenerationMode, examples: int) -> None:
    headers = {} if caller.token is None else {"Authorization": f"Bearer {caller.token}"}

    @settings(
        max_examples=examples,
        deadline=None,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
        derandomize=examples == FEW,
        database=None,
    )
    @given(case=OPERATIONS[name].as_strategy(generation_mode=kind))
    def asked(case: Any) -> None:
        answer = case.call(base_url=caller.url, session=session, headers=headers, timeout=30)
        case.validate_response(answer, checks=CHECKS)

    asked()
