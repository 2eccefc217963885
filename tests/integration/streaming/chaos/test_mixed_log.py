"""The log that the streaming tests are told: everything occurs in it, and a seed decides it all."""

from pathlib import Path

from tests.support.loops import rows
from tests.support.mixed_log import mixed_log, published_types, types_in
from tests.support.postgres import TestServer

EVENTS = 12_000
_DIGEST = """
SELECT md5(string_agg(concat_ws('|', notification_id, originator_id, originator_version, topic,
                                convert_from(state, 'UTF8'), ordering_key, command_id, recorded_at),
                      '' ORDER BY notification_id))
  FROM till.stored_events
"""


async def test_everything_that_is_published_happens_in_it(database: str, tmp_path: Path) -> None:
    async with mixed_log(database, tmp_path, seed=1) as log:
        assert await log.write(EVENTS) >= EVENTS
    found = types_in(database)
    assert published_types() <= set(found)
    print(f"{log.head} events of {log.decided} commands, refused: {dict(log.refused)}; {dict(found)}")
    assert log.refused.total() < log.decided / 5


async def test_a_seed_decides_all_of_it(postgres: TestServer, tmp_path: Path) -> None:
    written = []
    for seed in (7, 7, 8):
        with postgres.fresh() as database:
            async with mixed_log(database, tmp_path, seed=seed) as log:
                await log.write(500)
            written.append(rows(database, _DIGEST))
    first, again, other = written
    assert first == again != other
