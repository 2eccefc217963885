"""Passwords as argon2id, hashed beside the event loop and never too many at a time."""

import asyncio
import warnings
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from application.ports.security import PasswordsBusy

with warnings.catch_warnings():
    # passlib 1.7.4 imports the deprecated crypt, and asks argon2-cffi for its version in a deprecated way.
    warnings.simplefilter("ignore", DeprecationWarning)
    from passlib.hash import argon2

    argon2.set_backend("argon2_cffi")

WORKERS = 2
WAITING = 200
MEMORY_KIB = 19_456
ROUNDS = 2


class Argon2Passwords:
    """argon2id with 19 MiB and two passes, one lane: about 25 ms of one core."""

    def __init__(self, *, memory_kib: int = MEMORY_KIB, rounds: int = ROUNDS) -> None:
        self._hasher = argon2.using(type="ID", memory_cost=memory_kib, rounds=rounds, parallelism=1)
        self._nobody: str = self._hasher.hash("nobody's password")
        self._threads = ThreadPoolExecutor(max_workers=WORKERS, thread_name_prefix="passwords")
        self._waiting = 0

    async def hash(self, password: str) -> str:
        return str(await self._aside(self._hasher.hash, password))

    async def verify(self, password: str, kept: str | None) -> bool:
        matches = bool(await self._aside(self._hasher.verify, password, kept or self._nobody))
        return matches and kept is not None

    async def _aside(self, work: Callable[..., object], *arguments: str) -> object:
        if self._waiting >= WAITING:
            raise PasswordsBusy("Too many passwords are being checked.")
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, work, *arguments)
        finally:
            self._waiting -= 1

    def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)
