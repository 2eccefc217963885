"""HTTP as a careful client speaks it: exact amounts, a key on every write, lost answers asked for again."""

import asyncio
from dataclasses import dataclass
from decimal import Decimal
from types import TracebackType
from typing import Any, Self

import httpx
import msgspec

ATTEMPTS = 8
TIMEOUT = 30.0
LOST = (httpx.TransportError,)
TRY_AGAIN = frozenset({429, 503, 504})

_encode = msgspec.json.Encoder(decimal_format="number").encode
_decoder: msgspec.json.Decoder[Any] = msgspec.json.Decoder(float_hook=Decimal)


class ShopRefused(Exception):
    """The shop answered, and it was no."""

    def __init__(self, method: str, path: str, answer: httpx.Response) -> None:
        super().__init__(f"{method} {path}: {answer.status_code} {answer.text[:500]}")
        self.status = answer.status_code


@dataclass(frozen=True, slots=True)
class Login:
    email: str
    password: str


class Shop:
    """One shop's API, under `/api/v1`."""

    def __init__(self, url: str, *, connections: int) -> None:
        self.connections = connections
        limits = httpx.Limits(max_connections=connections, max_keepalive_connections=connections)
        self._http = httpx.AsyncClient(base_url=f"{url.rstrip('/')}/api/v1", timeout=TIMEOUT, limits=limits)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._http.aclose()

    async def send(
        self, method: str, path: str, body: object = None, *, key: str | None = None, token: str | None = None
    ) -> Any:
        """The answer's JSON. Raises ShopRefused, or httpx.TransportError when the shop stays away."""
        headers = {"content-type": "application/json"} if body is not None else {}
        headers |= {"idempotency-key": key} if key else {}
        headers |= {"authorization": f"Bearer {token}"} if token else {}
        content = _encode(body) if body is not None else None
        request = self._http.build_request(method, path, content=content, headers=headers)
        answer = await self._insist(request, repeatable=key is not None or method == "GET")
        if answer.is_error:
            raise ShopRefused(method, path, answer)
        return _decoder.decode(answer.content) if answer.content else None

    async def _insist(self, request: httpx.Request, *, repeatable: bool) -> httpx.Response:
        """Ask again while the answer is lost or put off; the key makes sure that it is done once."""
        for attempt in range(1, ATTEMPTS + 1):
            last = attempt == ATTEMPTS or not repeatable
            try:
                answer = await self._http.send(request)
            except LOST:
                if last:
                    raise
            else:
                if last or answer.status_code not in TRY_AGAIN:
                    return answer
            await asyncio.sleep(min(0.1 * 2**attempt, 2.0))
        raise AssertionError("unreachable")

    async def log_in(self, login: Login) -> "Session":
        session = Session(self, login)
        await session.renew()
        return session


class Session:
    """Somebody who is logged in, for longer than a token lasts."""

    def __init__(self, shop: Shop, login: Login) -> None:
        self._shop = shop
        self._login = login
        self._token = ""

    async def renew(self) -> None:
        tokens = await self._shop.send(
            "POST", "/auth/login", {"email": self._login.email, "password": self._login.password}
        )
        self._token = tokens["accessToken"]

    async def get(self, path: str) -> Any:
        return await self._send("GET", path, None, None)

    async def post(self, path: str, body: object, *, key: str) -> Any:
        return await self._send("POST", path, body, key)

    async def _send(self, method: str, path: str, body: object, key: str | None) -> Any:
        try:
            return await self._shop.send(method, path, body, key=key, token=self._token)
        except ShopRefused as refused:
            if refused.status != 401:
                raise
        await self.renew()
        return await self._shop.send(method, path, body, key=key, token=self._token)
