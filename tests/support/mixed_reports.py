"""Reports that admins ask for in a mixed log: some are produced and expire, some are not."""

import psycopg

from application.reporting import ExpireReport, FailReport, RecordReport, RequestReport
from domain.reporting.events import FailureReason, Question, ReportFormat, ReportInterval, ReportKind
from domain.reporting.report import ReportFile
from domain.shared.actor import Actor
from domain.shared.identifiers import ReportFileId, ReportId
from tests.support.mixed_world import SHOP, Step, Story, World
from tests.support.reports import QUESTION


def reporting(world: World) -> Story:
    """Each step as the executors would take it."""
    report = ReportId(world.number())
    question = Question(
        kind=world.luck.choice(list(ReportKind)),
        since=QUESTION.since,
        until=QUESTION.until,
        interval=world.luck.choice(list(ReportInterval)),
        zone=QUESTION.zone,
    )
    file_format = world.luck.choice(list(ReportFormat))
    yield Step(Actor.of(world.admins[0]), RequestReport(report_id=report, question=question, file_format=file_format))
    if world.chance(0.3):
        yield Step(SHOP, FailReport(report_id=report, cause=world.luck.choice(list(FailureReason))))
    else:
        file = ReportFile(file_id=ReportFileId(world.number()), rows=3, size=120, digest="d" * 64)
        yield Step(SHOP, RecordReport(report_id=report, file=file))
        yield Step(SHOP, ExpireReport(report_id=report))


def draft(database: str, command: RecordReport) -> None:
    """What has been written before that is recorded."""
    with psycopg.connect(database, autocommit=True) as connection:
        query = "INSERT INTO till.report_file (id, report_id) VALUES (%s, %s)"
        connection.execute(query, (command.file.file_id, command.report_id))
