"""Keeps the shop's processes running, and stops them in an order that loses nothing."""

import asyncio
import signal
from collections.abc import Callable, Coroutine, Sequence

from infrastructure.supervision.child import Child, Patience, Program, Witness

STOP_SIGNALS = (signal.SIGTERM, signal.SIGINT)


class Supervisor:
    """`front` takes requests and is stopped first; `back` works on what was accepted and follows."""

    def __init__(
        self, *, front: Sequence[Program], back: Sequence[Program], witness: Witness, patience: Patience | None = None
    ) -> None:
        self._groups = tuple(
            tuple(Child(program=program, patience=patience or Patience(), witness=witness) for program in group)
            for group in (front, back)
        )

    async def run(
        self, *, stop_accepting: Callable[[], None], meanwhile: Coroutine[object, object, None] | None = None
    ) -> None:
        """Until SIGTERM or SIGINT. Raises GaveUp where a program cannot be started; then the others are stopped too."""
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()
        for number in STOP_SIGNALS:
            loop.add_signal_handler(number, stop.set)
        keeping = {child: asyncio.create_task(child.keep()) for group in self._groups for child in group}
        aside = asyncio.create_task(meanwhile) if meanwhile else None
        stopping = asyncio.create_task(stop.wait())
        try:
            await asyncio.wait({stopping, *keeping.values()}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            stopping.cancel()
            if aside is not None:
                aside.cancel()
            stop_accepting()
            await self._stop(keeping)
            for number in STOP_SIGNALS:
                loop.remove_signal_handler(number)
        for kept in keeping.values():
            kept.result()

    async def _stop(self, keeping: dict[Child, "asyncio.Task[None]"]) -> None:
        for group in filter(None, self._groups):
            for child in group:
                child.stop()
            await asyncio.wait([keeping[child] for child in group])
