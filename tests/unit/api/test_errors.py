"""Every refusal has a status, and every failure of a port an honest answer."""

import importlib
import pkgutil
from collections.abc import Iterator
from uuid import UUID

import psycopg
import pytest

import application
import domain
from api import errors
from api.problems import TITLES, Problem
from application.ports.commands import (
    DeadlineExceeded,
    ExecutionFailed,
    KeyReused,
    Outcome,
    OutcomeUnknown,
    Overloaded,
    RefusalNote,
)
from application.ports.security import PasswordsBusy
from domain.shared.refusal import NotFound, Refusal, Violation
from tests.support.times import NOON


def refusals() -> set[type[Refusal]]:
    for package in (domain, application):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            importlib.import_module(module.name)
    return {kind for kind in _below(Refusal) if kind.__module__.startswith(("domain.", "application."))}


def _below(kind: type[Refusal]) -> Iterator[type[Refusal]]:
    for child in kind.__subclasses__():
        yield child
        yield from _below(child)


def test_every_refusal_has_a_status_of_its_own_code() -> None:
    known = refusals()
    assert known == set(errors.STATUSES)
    assert len({kind.code for kind in known}) == len(known)
    assert set(errors.STATUSES.values()) <= set(TITLES)


def test_a_refusal_of_older_code_is_still_a_refusal() -> None:
    assert errors.status_of("no-longer-known") == 409


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (Overloaded(""), 503, "overloaded"),
        (DeadlineExceeded(""), 503, "overloaded"),
        (PasswordsBusy(""), 503, "overloaded"),
        (psycopg.OperationalError(""), 503, "unavailable"),
        (OutcomeUnknown(""), 504, "outcome-unknown"),
        (KeyReused(""), 422, "idempotency-key-reused"),
        (ExecutionFailed(""), 500, "internal-error"),
        (NotFound("gone"), 404, "not-found"),
    ],
)
def test_failures_of_the_ports_say_what_happened(error: Exception, status: int, code: str) -> None:
    problem = errors.from_fault(error, executed=False)
    assert problem is not None
    assert (problem.status, problem.code) == (status, code)


@pytest.mark.parametrize("error", [Overloaded(""), PasswordsBusy(""), psycopg.OperationalError("")])
def test_nobody_is_told_that_nothing_was_executed_when_something_was(error: Exception) -> None:
    problem = errors.from_fault(error, executed=True)
    assert problem is not None
    assert problem.status == 504


def test_what_can_be_tried_again_says_when() -> None:
    problem = errors.from_fault(Overloaded(""), executed=False)
    assert problem is not None
    assert (b"retry-after", b"1") in problem.headers


def test_a_fault_of_ours_is_no_problem_of_the_clients() -> None:
    assert errors.from_fault(ZeroDivisionError(), executed=False) is None
    assert "Zero" not in errors.internal().detail


def test_a_stored_refusal_is_answered_again_with_its_lines() -> None:
    note = RefusalNote("insufficient-stock", "Short.", (Violation("/items/1", "Two left."),))
    outcome = Outcome(command_id=UUID(int=1), refusal=note, recorded_at=NOON, replayed=True)
    with pytest.raises(Problem) as caught:
        errors.raise_refusal(outcome)
    problem = caught.value
    assert (problem.status, problem.errors[0].pointer) == (409, "/items/1")
    assert (b"idempotent-replayed", b"true") in problem.headers
