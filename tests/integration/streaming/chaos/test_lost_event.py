"""A consumer that loses one event is found out by the comparison of tables."""

import random
from pathlib import Path

from tests.support.loops import rows
from tests.support.mixed_writing import MixedWriter
from tests.support.planted_till import LOST
from tests.support.postgres import TestServer
from tests.support.streaming_system import StreamingSystem, read_models
from tests.support.twin import copy_log, differences, feed_in_process, tables

EVENTS = 800
WATCHED = ("order_history", "catalogue")
_LEFT_AT_THAT = """
SELECT notification_id FROM till.stored_events e
 WHERE topic ~ '^ordering.order-confirmed:' AND NOT EXISTS (
       SELECT FROM till.stored_events f
        WHERE f.originator_id = e.originator_id AND f.originator_version > e.originator_version)
 ORDER BY 1
"""
"""Orders that were confirmed, and not cancelled after all: where that is lost, it shows for ever."""


async def test_tables_differ_when_one_event_is_lost(
    postgres: TestServer, database: str, broker: str, topic_prefix: str, tmp_path: Path
) -> None:
    seed = random.randrange(2**32)
    print(f"seed {seed}")
    with MixedWriter(database, tmp_path, seed=seed) as writer:
        writer.write(EVENTS).result(60)
    lost, *_ = random.Random(seed).choice(rows(database, _LEFT_AT_THAT))
    with StreamingSystem(
        tmp_path,
        database=database,
        kafka=broker,
        prefix=topic_prefix,
        programs={"relay": ("relay",), **read_models(*WATCHED)},
        plants={LOST: str(lost)},
    ) as system:
        system.wait_until_quiet(seconds=60)
    with postgres.fresh() as twin:
        copy_log(database, twin)
        await feed_in_process(twin)
        differing = set(differences(tables(database, *WATCHED), tables(twin, *WATCHED)))
    assert differing == {"order_history.orders", "order_history.order_seller"}
