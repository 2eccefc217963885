"""A worker that begins while the brokers come up."""

from pathlib import Path

from tests.support.mixed_writing import MixedWriter
from tests.support.planted_till import SILENT
from tests.support.streaming_system import StreamingSystem, read_models

NONE_THERE = "No partition metadata for topic"
"""What aiokafka says when it distributes partitions that it knows nothing of."""


def test_a_worker_that_was_told_of_no_partitions_asks_again(
    database: str, broker: str, topic_prefix: str, tmp_path: Path
) -> None:
    with (
        MixedWriter(database, tmp_path, seed=1),
        StreamingSystem(
            tmp_path,
            database=database,
            kafka=broker,
            prefix=topic_prefix,
            programs={"relay": ("relay",), **read_models("catalogue")},
            plants={SILENT: "2"},
        ) as system,
    ):
        system.wait_until_quiet(seconds=45)
        assert system.said(NONE_THERE)
