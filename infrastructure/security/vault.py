"""Personal data, sealed by AES-256-GCM with a key per person; the keys are wrapped by the master key."""

import base64
import os
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from psycopg import AsyncConnection
from psycopg.rows import TupleRow
from psycopg_pool import AsyncConnectionPool

from application.ports.clock import Clock
from application.ports.security import IssuedKey
from domain.shared.sealed import Sealed
from infrastructure.security.keys import derive_key

NONCE = 12
REMEMBERED = 4_096
REMEMBERED_FOR = timedelta(seconds=60)
"""Where nobody says that a key was destroyed elsewhere, it is still known here for at most this long."""


_log = structlog.get_logger(__name__)


class AesVault:
    """Opened keys are remembered for a minute; each box is bound to its person, so that none can be passed off."""

    def __init__(
        self, *, master_key: bytes, pool: AsyncConnectionPool[AsyncConnection[TupleRow]], clock: Clock
    ) -> None:
        self._master = AESGCM(derive_key(master_key, "person-key"))
        self._pool = pool
        self._clock = clock
        self._keys: OrderedDict[UUID, tuple[datetime, bytes | None]] = OrderedDict()
        self._forgotten = 0
        """How often something was; a key that was on its way here meanwhile is not remembered."""

    def issue_key(self, person: UUID) -> IssuedKey:
        key = AESGCM.generate_key(bit_length=256)
        return IssuedKey(key=key, wrapped=_encode(_encrypt(self._master, key, person)))

    async def key_of(self, person: UUID) -> bytes | None:
        return (await self._keys_of((person,)))[person]

    def seal(self, *, person: UUID, key: bytes, text: str) -> Sealed:
        return Sealed(person=person, box=_encode(_encrypt(AESGCM(key), text.encode(), person)))

    async def open(self, sealed: Sealed) -> str | None:
        return (await self.open_all((sealed,)))[0]

    async def open_all(self, sealed: Sequence[Sealed]) -> tuple[str | None, ...]:
        keys = await self._keys_of({each.person for each in sealed})
        return tuple(_open(each, keys[each.person]) for each in sealed)

    def forget(self, person: UUID) -> None:
        """The key was destroyed: this process must not open anything with it any more."""
        self._forgotten += 1
        self._keys.pop(person, None)

    def forget_all(self) -> None:
        """Any key may have been destroyed."""
        self._forgotten += 1
        self._keys.clear()

    async def _keys_of(self, people: Iterable[UUID]) -> dict[UUID, bytes | None]:
        oldest = self._clock.now() - REMEMBERED_FOR
        known: dict[UUID, bytes | None] = {}
        missing = []
        for person in people:
            remembered = self._keys.get(person)
            if remembered is not None and remembered[0] > oldest:
                known[person] = remembered[1]
                self._keys.move_to_end(person)
            else:
                missing.append(person)
        if missing:
            known.update(await self._fetch(missing))
        return known

    async def _fetch(self, people: list[UUID]) -> dict[UUID, bytes | None]:
        found: dict[UUID, bytes | None] = dict.fromkeys(people)
        before = self._forgotten
        async with self._pool.connection() as connection:
            rows = await connection.execute(
                "SELECT person_id, wrapped_key FROM till.person_key WHERE person_id = ANY(%s)", (people,)
            )
            async for person, wrapped in rows:
                found[person] = self._unwrapped(person, wrapped)
        now = self._clock.now()
        for person, key in found.items():
            if key is not None and before == self._forgotten:
                self._keys[person] = (now, key)
        while len(self._keys) > REMEMBERED:
            self._keys.popitem(last=False)
        return found

    def _unwrapped(self, person: UUID, wrapped: str) -> bytes | None:
        """None where the row is damaged: one person is unknown then, and everybody else can still be listed."""
        try:
            return _decrypt(self._master, _decode(wrapped), person)
        except (InvalidTag, ValueError) as error:
            _log.error("a person's key cannot be opened", person=str(person), error=repr(error))
            return None


def _encrypt(cipher: AESGCM, plain: bytes, person: UUID) -> bytes:
    nonce = os.urandom(NONCE)
    return nonce + cipher.encrypt(nonce, plain, person.bytes)


def _decrypt(cipher: AESGCM, box: bytes, person: UUID) -> bytes:
    return cipher.decrypt(box[:NONCE], box[NONCE:], person.bytes)


def _open(sealed: Sealed, key: bytes | None) -> str | None:
    """A box that the person's present key does not open was sealed with one that is gone: forgotten as well."""
    if key is None:
        return None
    try:
        return _decrypt(AESGCM(key), _decode(sealed.box), sealed.person).decode()
    except InvalidTag:
        return None


def _encode(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _decode(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
