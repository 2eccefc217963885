"""The eventsourcing library's own recorder test cases, run against ours."""

from collections.abc import Iterator

import pytest
from eventsourcing.persistence import ApplicationRecorder, ProcessRecorder, TrackingRecorder
from eventsourcing.postgres import PostgresDatastore
from eventsourcing.tests import persistence as shipped

from infrastructure.eventstore.recorder import TillProcessRecorder, TillRecorder, datastore
from tests.support.loops import FixedClock


class OnOurLog:
    """Gives every shipped case a fresh database and closes the pool behind it."""

    datastore: PostgresDatastore

    @pytest.fixture(autouse=True)
    def _fresh(self, database: str) -> Iterator[None]:
        self.datastore = datastore(database, pool_size=8)
        yield
        self.datastore.close()

    def process_recorder(self) -> TillProcessRecorder:
        recorder = TillProcessRecorder(self.datastore, clock=FixedClock())
        recorder.create_table()
        return recorder


class TestApplicationRecorder(OnOurLog, shipped.ApplicationRecorderTestCase[ApplicationRecorder]):
    def create_recorder(self) -> ApplicationRecorder:
        return TillRecorder(self.datastore, clock=FixedClock())


class TestNonInterleavingPositions(OnOurLog, shipped.NonInterleavingNotificationIDsBaseCase):
    def create_recorder(self) -> ApplicationRecorder:
        return TillRecorder(self.datastore, clock=FixedClock())


class TestTrackingRecorder(OnOurLog, shipped.TrackingRecorderTestCase):
    def create_recorder(self) -> TrackingRecorder:
        return self.process_recorder()


class TestProcessRecorder(OnOurLog, shipped.ProcessRecorderTestCase):
    def create_recorder(self) -> ProcessRecorder:
        return self.process_recorder()
