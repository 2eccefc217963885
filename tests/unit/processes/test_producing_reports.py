"""Reports in the making: cut off anywhere, too large, too late, and thrown away."""

import hashlib
from datetime import timedelta
from functools import partial

import pytest

from application.effects import reports as effect
from application.effects.effect import EffectPorts
from application.effects.reports import ProduceReport, expire_report_file, fail_report_for_good, produce_report
from application.ports.commands import Command, Outcome, RefusalNote
from application.ports.reports import DraftGone, FiguresNotKnown, Row
from application.processes.process import Due, Withdraw
from application.processes.producing_reports import EXPIRE, FAIL, LONGEST, PRODUCE, AwaitedReport, instance, react
from application.reporting import ExpireReport, FailReport, RecordReport, RequestReport, request_report
from domain.accounts.events import PromotionsOptedIn
from domain.reporting.events import FailureReason, ReportExpired, ReportFailed, ReportFormat, ReportProduced
from domain.shared.identifiers import ReportFileId
from tests.support.accounts import ADMIN
from tests.support.fake_mail import an_outside
from tests.support.fake_reports import FakeFigures, FakeReportFiles
from tests.support.reports import KEPT, QUESTION, REPORT
from tests.support.shop import FakeShop
from tests.support.story import drive
from tests.support.times import NOON

PRODUCE_IT = ProduceReport(report_id=REPORT, question=QUESTION, file_format=ReportFormat.JSON)
ROWS: tuple[Row, ...] = ((NOON, 1), (NOON, 2))
OVER = RefusalNote("report-over", "The report is failed.")


class Bench:
    """An effect's surroundings; what is submitted is noted, and published as the log would."""

    def __init__(self, *batches: tuple[Row, ...], refuses: bool = False) -> None:
        self.figures, self.files = FakeFigures(*batches), FakeReportFiles()
        self.said: list[tuple[str, Command]] = []
        self.refuses = refuses

    async def submit(self, command: Command, step: str) -> Outcome:
        self.said.append((step, command))
        if self.refuses:
            return Outcome(command_id=REPORT, refusal=OVER)
        if isinstance(command, RecordReport):
            self.files.publish(command.file.file_id)
        elif isinstance(command, ExpireReport):
            self.files.retract(command.report_id)
        return Outcome(command_id=REPORT, result=b"{}")

    @property
    def ports(self) -> EffectPorts:
        return EffectPorts.of(an_outside(figures=self.figures, report_files=self.files), submit=self.submit, now=NOON)

    def produce(self) -> None:
        drive(produce_report(PRODUCE_IT, self.ports))


@pytest.fixture(autouse=True)
def narrow(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two columns, so that rows are short."""
    monkeypatch.setattr(effect, "COLUMNS", {QUESTION.kind: ("at", "number")})


def test_the_file_is_what_was_written_and_recorded_as_such() -> None:
    bench = Bench(ROWS, ROWS)
    bench.produce()
    ((step, record),) = bench.said
    assert isinstance(record, RecordReport)
    content = bench.files.content(record.file.file_id)
    assert content.count(b"\n{") == 4
    assert (step, record.file.rows, record.file.size) == ("record", 4, len(content))
    assert record.file.digest == hashlib.sha256(content).hexdigest()


def test_parts_are_kept_as_they_are_full_with_the_rows_so_far(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(effect, "PART", 100)
    bench = Bench(*[ROWS] * 5)
    kept: list[tuple[int, int]] = []
    add = bench.files.add

    async def noted(file: ReportFileId, *, number: int, data: bytes, rows: int) -> None:
        kept.append((number, rows))
        await add(file, number=number, data=data, rows=rows)

    bench.files.add = noted  # type: ignore[method-assign]
    bench.produce()
    assert [number for number, _ in kept] == list(range(1, len(kept) + 1))
    assert len(kept) > 2
    assert kept[-1][1] == 10 > kept[0][1] > 0


def test_what_was_cut_off_is_begun_anew_and_nothing_is_left_of_it() -> None:
    bench = Bench(ROWS)
    cut_off = drive(bench.files.begin(REPORT))
    assert cut_off is not None
    drive(bench.files.add(cut_off, number=1, data=b"[", rows=0))
    bench.produce()
    assert cut_off not in bench.files.reports
    assert len(bench.files.published) == 1


def test_a_report_that_has_its_file_gets_no_second_one() -> None:
    """The crash came after the append and before the due command was noted as done."""
    bench = Bench(ROWS)
    bench.produce()
    bench.produce()
    assert (len(bench.said), len(bench.files.reports)) == (1, 1)


def test_who_was_overtaken_writes_nothing_more() -> None:
    bench = Bench(ROWS)
    slow = drive(bench.files.begin(REPORT))
    assert slow is not None
    bench.produce()
    with pytest.raises(DraftGone):
        drive(bench.files.add(slow, number=1, data=b"[", rows=0))


def test_nothing_is_kept_of_a_report_that_is_over() -> None:
    bench = Bench(ROWS, refuses=True)
    bench.produce()
    assert bench.files.reports == {}


@pytest.mark.parametrize(("limit", "most"), [("MOST_ROWS", 3), ("MOST_BYTES", 50)])
def test_a_report_that_is_too_large_says_so(monkeypatch: pytest.MonkeyPatch, limit: str, most: int) -> None:
    monkeypatch.setattr(effect, limit, most)
    bench = Bench(ROWS, ROWS)
    bench.produce()
    assert bench.said == [("fail", FailReport(report_id=REPORT, cause=FailureReason.TOO_LARGE))]
    assert bench.files.reports == {}


def test_it_waits_for_the_read_models() -> None:
    bench = Bench(ROWS)
    bench.figures.behind = True
    with pytest.raises(FiguresNotKnown):
        bench.produce()
    assert bench.said == []


def test_what_failed_or_expired_is_thrown_away_after_it_is_said() -> None:
    bench = Bench(ROWS)
    bench.produce()
    fail = FailReport(report_id=REPORT, cause=FailureReason.NOT_IN_TIME)
    drive(fail_report_for_good(fail, bench.ports))
    assert len(bench.files.published) == 1, "the file stays where the report has one"
    drive(expire_report_file(ExpireReport(report_id=REPORT), bench.ports))
    assert (bench.files.reports, bench.files.parts) == ({}, {})
    assert [step for step, _ in bench.said] == ["record", "fail", "expire"]


def test_the_story_of_a_report() -> None:
    shop = FakeShop()
    request = RequestReport(report_id=REPORT, question=QUESTION, file_format=ReportFormat.JSON)
    shop.ask(partial(request_report, request), by=ADMIN)
    (requested,) = shop.log.events(REPORT)
    give_up = FailReport(report_id=REPORT, cause=FailureReason.NOT_IN_TIME)
    awaited, decisions = react(None, requested)
    assert awaited == AwaitedReport(produced=False)
    assert decisions == (Due(PRODUCE, PRODUCE_IT, at=NOON), Due(FAIL, give_up, at=NOON + LONGEST))
    produced = ReportProduced(
        report_id=REPORT, file_id=ReportFileId(REPORT), rows=1, size=1, digest="", keep_until=KEPT, at=NOON
    )
    expire = Due(EXPIRE, ExpireReport(report_id=REPORT), at=KEPT)
    assert react(awaited, produced) == (AwaitedReport(produced=True), (Withdraw(FAIL), expire))
    failed = ReportFailed(report_id=REPORT, cause=FailureReason.TOO_LARGE, at=NOON)
    assert react(awaited, failed) == (None, (Withdraw(PRODUCE), Withdraw(FAIL)))
    assert react(AwaitedReport(produced=True), ReportExpired(report_id=REPORT, at=KEPT)) == (None, ())
    assert {instance(each) for each in (requested, produced, failed)} == {REPORT}
    assert instance(PromotionsOptedIn()) is None
    assert timedelta(minutes=18) < LONGEST, "the executor has given up by then"
