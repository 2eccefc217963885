"""Every operation says what it takes, what it gives, and every way in which it can fail, with examples that hold."""

from collections.abc import Callable, Iterator
from copy import deepcopy
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from api.app import api_routes
from api.errors import STATUSES
from api.samples import exact
from tests.support.openapi import Contract, contract

Check = Callable[[Contract], Iterator[str]]


def has_a_summary_and_a_name_of_its_own(document: Contract) -> Iterator[str]:
    names: set[str] = set()
    for method, path, operation in document.operations():
        if not operation.get("summary") or not operation.get("tags"):
            yield f"{method} {path} has no summary or no tag"
        if operation["operationId"] in names:
            yield f"{method} {path} is called {operation['operationId']}, as another is"
        names.add(operation["operationId"])


def shows_a_request_that_fits(document: Contract) -> Iterator[str]:
    for method, path, operation in document.operations():
        for kind, content in operation.get("requestBody", {}).get("content", {}).items():
            if "example" not in content:
                yield f"{method} {path} shows no request: examples={{'request': ...}} of its Operation"
            elif kind == "application/json":
                for each in document.misfits(content["schema"], content["example"]):
                    yield f"{method} {path} shows a request that does not fit: {each}"


def shows_an_answer_that_fits(document: Contract) -> Iterator[str]:
    for method, path, operation in document.operations():
        good = {status: each for status, each in operation["responses"].items() if status.startswith("2")}
        if not good:
            yield f"{method} {path} never succeeds"
        for status, response in good.items():
            if not response.get("content") and status not in {"202", "204"}:
                yield f"{method} {path} {status} has no body, and is neither 202 nor 204"
            yield from _shown(document, f"{method} {path} {status}", response)


def says_its_problems_by_code(document: Contract) -> Iterator[str]:
    for method, path, operation in document.operations():
        for status, response in operation["responses"].items():
            if status[0] in "45":
                yield from _problem(document, f"{method} {path} {status}", document.resolved(response))
        if "500" not in operation["responses"] or "503" not in operation["responses"]:
            yield f"{method} {path} never fails"
        if operation.get("security") and not {"401", "403"} <= operation["responses"].keys():
            yield f"{method} {path} takes an account, and refuses nobody"


def _problem(document: Contract, where: str, response: Any) -> Iterator[str]:
    content = response.get("content", {}).get("application/problem+json")
    if content is None:
        yield f"{where} is no problem document"
        return
    codes = [
        code
        for part in content["schema"]["allOf"]
        for code in part.get("properties", {}).get("code", {}).get("enum", ())
    ]
    if not codes or not all(f"`{code}`" in response["description"] for code in codes):
        yield f"{where} does not say its codes"
    yield from _shown(document, where, response)


def _shown(document: Contract, where: str, response: Any) -> Iterator[str]:
    for content in response.get("content", {}).values():
        if "example" not in content:
            yield f"{where} shows no answer"
        else:
            yield from (
                f"{where} shows what does not fit: {each}"
                for each in document.misfits(content["schema"], content["example"])
            )


def refers_to_what_is_there(document: Contract) -> Iterator[str]:
    for reference in sorted(set(_references(document.document))):
        try:
            document.resolved({"$ref": reference})
        except KeyError:
            yield f"{reference} leads nowhere"


def has_schemas_that_are_schemas(document: Contract) -> Iterator[str]:
    for name, schema in document.document["components"]["schemas"].items():
        yield from (
            f"{name}: {each.message}"
            for each in Draft202012Validator(Draft202012Validator.META_SCHEMA).iter_errors(schema)
        )


def _references(part: Any) -> Iterator[str]:
    if isinstance(part, dict):
        for key, value in part.items():
            yield from [value] if key == "$ref" else _references(value)
    elif isinstance(part, list):
        for each in part:
            yield from _references(each)


def _without_summary(document: Any) -> None:
    document["paths"]["/api/v1/cart"]["get"]["summary"] = ""


def _with_a_request_of_another_form(document: Any) -> None:
    body = document["paths"]["/api/v1/cart/items"]["post"]["requestBody"]
    body["content"]["application/json"]["example"] = {
        "productId": "6f1a5d0e-55cc-5b8e-9f53-0c8d6f1b2a10",
        "quantity": 0,
    }


def _with_an_answer_that_says_more(document: Any) -> None:
    answer = document["paths"]["/api/v1/users/me"]["get"]["responses"]["200"]
    answer["content"]["application/json"]["example"]["colour"] = "red"


def _with_a_problem_without_codes(document: Any) -> None:
    for response in document["components"]["responses"].values():
        response["content"]["application/problem+json"]["schema"] = {"allOf": []}


def _with_a_reference_to_nothing(document: Any) -> None:
    del document["components"]["schemas"]["CartView"]


def _with_a_schema_of_no_type(document: Any) -> None:
    document["components"]["schemas"]["CartView"]["type"] = "thing"


CHECKS: dict[Check, Callable[[Any], None]] = {
    has_a_summary_and_a_name_of_its_own: _without_summary,
    shows_a_request_that_fits: _with_a_request_of_another_form,
    shows_an_answer_that_fits: _with_an_answer_that_says_more,
    says_its_problems_by_code: _with_a_problem_without_codes,
    refers_to_what_is_there: _with_a_reference_to_nothing,
    has_schemas_that_are_schemas: _with_a_schema_of_no_type,
}
"""Each check with a breach that it has to catch."""


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_the_document_keeps_to_it(check: Check) -> None:
    assert list(check(contract())) == []


@pytest.mark.parametrize(("check", "plant"), CHECKS.items(), ids=lambda value: getattr(value, "__name__", ""))
def test_a_planted_breach_is_caught(check: Check, plant: Callable[[Any], None]) -> None:
    spoilt = deepcopy(contract().document)
    plant(spoilt)
    assert list(check(Contract(spoilt))) != []


def test_every_refusal_of_a_route_is_among_its_problems() -> None:
    for route in api_routes():
        for method in route.methods or ():
            responses = contract().operation(method, route.path)["responses"]
            for refusal in route.operation.refusals:
                described = contract().resolved(responses[str(STATUSES[refusal])])["description"]
                assert f"`{refusal.code}`" in described, f"{method} {route.path} hides {refusal.code}"


def test_every_request_shown_is_one_that_the_route_takes() -> None:
    for route in api_routes():
        said = (route.operation.examples or {}).get("request")
        if said is not None and route.body is not None:
            route.body.model_validate(exact(said), context={"currency": "INR"})
