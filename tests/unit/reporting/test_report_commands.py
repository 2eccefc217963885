"""Who may ask for a report, and what is committed together."""

from datetime import timedelta
from functools import partial

import pytest
from msgspec.structs import replace

from application.ports.side_rows import PublishedReportFile, RetractedReportFile
from application.reporting import (
    ExpireReport,
    FailReport,
    RecordReport,
    RequestReport,
    expire_report,
    fail_report,
    record_report,
    request_report,
)
from domain.reporting.events import FailureReason, ReportExpired, ReportFormat, ReportProduced, ReportRequested
from domain.reporting.report import REPORTS, ReportOver, ReportStatus
from domain.shared.identifiers import AccountId
from domain.shared.refusal import AlreadyExists, Forbidden
from tests.support.accounts import ADMIN, BUYER, SELLER
from tests.support.reports import FILE, QUESTION, REPORT
from tests.support.shop import POLICY, FakeShop
from tests.support.times import NOON

WEEK = timedelta(days=7)
REQUEST = RequestReport(report_id=REPORT, question=QUESTION, file_format=ReportFormat.CSV)
RECORD = partial(
    record_report, RecordReport(report_id=REPORT, file=FILE), policy=replace(POLICY, report_retention=WEEK)
)
FAIL = partial(fail_report, FailReport(report_id=REPORT, cause=FailureReason.NOT_IN_TIME))
EXPIRE = partial(expire_report, ExpireReport(report_id=REPORT))


@pytest.fixture
def shop() -> FakeShop:
    shop = FakeShop()
    shop.ask(partial(request_report, REQUEST), by=ADMIN)
    return shop


def test_an_admin_asks_for_a_report_once(shop: FakeShop) -> None:
    (requested,) = shop.log.events(REPORT)
    assert isinstance(requested, ReportRequested)
    assert (requested.requester_id, requested.question, requested.at) == (ADMIN, QUESTION, NOON)
    with pytest.raises(AlreadyExists):
        shop.ask(partial(request_report, REQUEST), by=ADMIN)


@pytest.mark.parametrize("who", [BUYER, SELLER])
def test_nobody_else_does(who: AccountId) -> None:
    with pytest.raises(Forbidden):
        FakeShop().ask(partial(request_report, REQUEST), by=who)


def test_a_report_and_its_file_are_committed_together_and_kept_for_a_while(shop: FakeShop) -> None:
    shop.ask_itself(RECORD)
    produced = shop.log.events(REPORT)[-1]
    assert isinstance(produced, ReportProduced)
    assert (produced.file_id, produced.keep_until) == (FILE.file_id, NOON + WEEK)
    assert shop.log.rows[-1] == PublishedReportFile(report_id=REPORT, file_id=FILE.file_id)
    with pytest.raises(ReportOver):
        shop.ask_itself(FAIL)


def test_what_expires_is_retracted_with_it_and_once(shop: FakeShop) -> None:
    shop.ask_itself(RECORD)
    shop.ask_itself(EXPIRE)
    assert shop.log.events(REPORT)[-1] == ReportExpired(report_id=REPORT, at=NOON)
    assert shop.log.rows[-1] == RetractedReportFile(report_id=REPORT)
    rows = len(shop.log.rows)
    shop.ask_itself(EXPIRE)
    assert (len(shop.log.events(REPORT)), len(shop.log.rows)) == (3, rows)


def test_a_failed_report_gets_no_file(shop: FakeShop) -> None:
    shop.ask_itself(FAIL)
    assert shop.log.state(REPORTS, REPORT).status is ReportStatus.FAILED
    rows = len(shop.log.rows)
    with pytest.raises(ReportOver):
        shop.ask_itself(RECORD)
    assert len(shop.log.rows) == rows


@pytest.mark.parametrize("command", [RECORD, FAIL, EXPIRE])
def test_people_do_not_do_what_the_shop_does(shop: FakeShop, command: partial[object]) -> None:
    with pytest.raises(Forbidden):
        shop.ask(command, by=ADMIN)
