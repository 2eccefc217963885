"""What is decided about reports does not depend on how their events arrive."""

from random import Random
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from application.processes.producing_reports import FAIL, PRODUCE, PRODUCING_REPORTS
from domain.reporting.events import (
    FailureReason,
    ReportEvent,
    ReportExpired,
    ReportFailed,
    ReportFormat,
    ReportProduced,
    ReportRequested,
)
from domain.shared.identifiers import ReportId
from tests.support.accounts import ADMIN
from tests.support.reports import FILE, KEPT, QUESTION
from tests.support.story import DueRows
from tests.support.times import NOON

Told = tuple[UUID, int, ReportEvent]
"""Stream, version, event."""
ENDS = st.sampled_from(["waits", "is produced", "expires", "fails"])
REPORTS = st.lists(ENDS, min_size=1, max_size=4)


def history(report: ReportId, end: str) -> list[Told]:
    events: list[ReportEvent] = [
        ReportRequested(report_id=report, requester_id=ADMIN, question=QUESTION, file_format=ReportFormat.CSV, at=NOON)
    ]
    if end == "fails":
        events.append(ReportFailed(report_id=report, cause=FailureReason.TOO_LARGE, at=NOON))
    elif end != "waits":
        events.append(
            ReportProduced(
                report_id=report, file_id=FILE.file_id, rows=3, size=120, digest="d", keep_until=KEPT, at=NOON
            )
        )
    if end == "expires":
        events.append(ReportExpired(report_id=report, at=KEPT))
    return [(report, version, event) for version, event in enumerate(events, start=1)]


def histories(ends: list[str]) -> list[list[Told]]:
    return [history(ReportId(UUID(int=0x4E00 + number)), end) for number, end in enumerate(ends)]


def decided(told: list[Told]) -> DueRows:
    due = DueRows((PRODUCING_REPORTS,))
    for stream, version, event in told:
        due.tell(event, stream=stream, version=version, at=NOON)
    return due


def in_order(streams: list[list[Told]]) -> list[Told]:
    return [told for stream in streams for told in stream]


@given(ends=REPORTS, random=st.randoms(use_true_random=False))
def test_the_order_between_reports_does_not_matter(ends: list[str], random: Random) -> None:
    waiting = histories(ends)
    mixed = []
    while waiting := [stream for stream in waiting if stream]:
        mixed.append(random.choice(waiting).pop(0))
    one, other = decided(mixed), decided(in_order(histories(ends)))
    assert (one.rows, one.states) == (other.rows, other.states)


@given(ends=REPORTS, data=st.data())
def test_what_is_told_again_decides_nothing_new(ends: list[str], data: st.DataObject) -> None:
    """After any event everything since any earlier one may come once more."""
    told = in_order(histories(ends))
    again: list[Told] = []
    for number, one in enumerate(told):
        again.append(one)
        if data.draw(st.booleans(), label=f"again after {number}"):
            again += told[data.draw(st.integers(0, number), label="from") : number + 1]
    twice, once = decided(again), decided(told)
    assert (twice.rows, twice.states) == (once.rows, once.states)


@given(ends=REPORTS)
def test_nobody_fails_a_report_that_has_its_file_nor_produces_one_that_failed(ends: list[str]) -> None:
    due = decided(in_order(histories(ends)))
    open_steps = [
        {
            row.step.partition(":")[2]
            for row in due.rows.values()
            if row.instance == stream[0][0] and row.status == "scheduled"
        }
        for stream in histories(ends)
    ]
    for end, steps in zip(ends, open_steps, strict=True):
        assert (FAIL in steps) == (end == "waits")
        assert (PRODUCE in steps) == (end != "fails"), "or it has run: that is for the executor to know"
