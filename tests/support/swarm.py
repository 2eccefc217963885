"""Many clients at once, each on a connection of its own, who ask again with the same key when an answer is lost."""

import asyncio
from collections import Counter
from collections.abc import Iterable, Sequence
from types import TracebackType
from typing import Any, Self

import httpx
import msgspec
import psutil

from tests.support.caller import BASE
from tests.support.system import NotInTime, System, eventually

PATIENCE = 40.0
PAUSE = 0.05
CONNECTING = 20
"""Times."""
PUT_OFF = frozenset({503, 504})


class Swarm:
    """`lost` counts the answers that never came."""

    def __init__(self, system: System, size: int) -> None:
        self._system = system
        self._clients = [self._client() for _ in range(size)]
        self.lost = 0

    def _client(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(base_url=self._system.url + BASE, timeout=PATIENCE)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._close()

    async def spread_over(self, processes: int, *, at_least: int) -> None:
        """Connected, and so that each API process serves at least so many of the connections. Raises NotInTime.

        Who accepts a connection is up to the kernel; where one process got nearly all, all connect anew.
        """
        counts = Counter[int]()
        for _ in range(CONNECTING):
            await asyncio.gather(*(client.get("/products?limit=100") for client in self._clients))
            counts = await asyncio.to_thread(self._connections)
            if len(counts) == processes and min(counts.values()) >= at_least:
                return
            await self._close()
            self._clients = [self._client() for _ in self._clients]
        raise NotInTime(f"connections are not spread over {processes} processes: {counts}")

    async def _close(self) -> None:
        await asyncio.gather(*(client.aclose() for client in self._clients))

    def _connections(self) -> Counter[int]:
        """Established ones by API process."""
        port, found = self._system.port, Counter[int]()
        for process in self._system.processes("api"):
            here = [each for each in process.net_connections("tcp") if each.status == psutil.CONN_ESTABLISHED]
            found[process.pid] = sum(each.laddr.port == port for each in here)
        return found

    async def post(self, client: int, path: str, body: object, *, token: str, key: str) -> httpx.Response:
        """The answer, however often it takes. Raises NotInTime."""
        headers = {
            "authorization": f"Bearer {token}",
            "idempotency-key": key,
            "content-type": "application/json",
        }
        content = msgspec.json.encode(body)
        try:
            async with asyncio.timeout(PATIENCE):
                while True:
                    try:
                        answer = await self._clients[client].post(path, content=content, headers=headers)
                        if answer.status_code not in PUT_OFF:
                            return answer
                    except httpx.TransportError:
                        self.lost += 1
                    await asyncio.sleep(PAUSE)
        except TimeoutError:
            raise NotInTime(f"POST {path} was not answered in {PATIENCE:g} s") from None


def waiting_for_the_log(system: System) -> int:
    """How many appends wait for the lock that somebody else holds."""
    query = """
    SELECT count(*) FROM pg_stat_activity
     WHERE datname = current_database() AND wait_event_type = 'Lock' AND application_name LIKE 'till api%'
    """
    with system.connection() as connection:
        row = connection.execute(query).fetchone()
    assert row is not None
    return int(row[0])


async def while_the_log_is_held(system: System, work: Iterable[Any], *, appends: int, kill: bool) -> Sequence[Any]:
    """Let the work begin while nothing can be committed; once so many appends wait, kill an API process and let go."""
    with system.connection() as holder:
        with holder.transaction():
            holder.execute("SELECT position FROM till.log_head FOR UPDATE")
            tasks = [asyncio.ensure_future(each) for each in work]
            await asyncio.to_thread(eventually, "waiting appends", lambda: waiting_for_the_log(system) >= appends)
            if kill:
                await asyncio.to_thread(system.kill, "api")
        return await asyncio.gather(*tasks)
