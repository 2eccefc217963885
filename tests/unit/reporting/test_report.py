"""A report ends once; what it has is thrown away in time."""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from domain.reporting.events import FailureReason, ReportExpired, ReportFailed, ReportFormat, ReportProduced
from domain.reporting.report import Report, ReportOver, ReportSpanEmpty
from tests.support.accounts import ADMIN
from tests.support.given import given
from tests.support.reports import FILE, KEPT, QUESTION, REPORT, produced, requested
from tests.support.times import NOON

PRODUCED = ReportProduced(
    report_id=REPORT, file_id=FILE.file_id, rows=3, size=120, digest="d" * 64, keep_until=KEPT, at=NOON
)


@pytest.mark.parametrize("length", [timedelta(0), timedelta(days=-1)])
def test_a_span_that_ends_before_it_begins_has_no_report(length: timedelta) -> None:
    backwards = replace(QUESTION, until=QUESTION.since + length)
    with pytest.raises(ReportSpanEmpty):
        Report.request(report_id=REPORT, requester_id=ADMIN, question=backwards, file_format=ReportFormat.CSV, at=NOON)


def test_a_report_has_one_file() -> None:
    given(requested()).when(lambda report: report.produce(FILE, keep_until=KEPT, at=NOON)).then(PRODUCED)
    given(produced()).when(lambda report: report.produce(FILE, keep_until=KEPT, at=NOON)).refused(ReportOver)


def test_what_has_a_file_does_not_fail_any_more_nor_the_other_way_round() -> None:
    failed = ReportFailed(report_id=REPORT, cause=FailureReason.TOO_LARGE, at=NOON)
    given(requested()).when(lambda report: report.fail(FailureReason.TOO_LARGE, NOON)).then(failed)
    given(produced()).when(lambda report: report.fail(FailureReason.TOO_LARGE, NOON)).refused(ReportOver)


def test_only_a_file_expires_and_once() -> None:
    gone = ReportExpired(report_id=REPORT, at=NOON)
    given(produced()).when(lambda report: report.expire(NOON)).then(gone)
    given(requested()).when(lambda report: report.expire(NOON)).then()
