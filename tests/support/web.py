"""The API over the real stack in one process: database, command loop, runner, and a client without a socket."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, nullcontext
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx

from api.app import Tillstream, create_app
from application.accounts.registration import RegisterAccount
from application.ports.commands import Envelope
from application.ports.gateway import PaymentGateway
from domain.accounts.events import Role
from domain.shared.actor import Actor
from domain.shared.identifiers import AccountId
from infrastructure.bootstrap.api import api_services
from infrastructure.bootstrap.worker import feeding
from infrastructure.clock import SystemClock
from infrastructure.security.passwords import Argon2Passwords
from infrastructure.services import ApiServices
from infrastructure.settings import Settings, load
from tests.support.openapi import KeptAsyncClient

PASSWORD = "correct horse battery"
SECRET = "s" * 43


def settings(database: str, home: Path, **environment: str) -> Settings:
    return load(
        {
            "DATABASE_URL": database,
            "JWT_SECRET": SECRET,
            "PII_MASTER_KEY": "A" * 43,
            "PAYMENT_GATEWAY": "simulated",
            "RATE_LIMITS": "off",
            "TILL_HOME": str(home),
            **environment,
        },
        directory=home,
    ).settings


@asynccontextmanager
async def assembled(
    shop: Settings, database: str, *, gateway: PaymentGateway | None = None
) -> AsyncIterator[ApiServices]:
    """The services of an API process, with passwords that hash quickly, beside a runner."""
    async with AsyncExitStack() as stack:
        runner = await stack.enter_async_context(feeding(database, clock=SystemClock()))
        stop = asyncio.Event()
        feeder = asyncio.create_task(runner.run(stop))
        stack.push_async_callback(_stopped, stop, feeder)
        services = await stack.enter_async_context(api_services(shop))
        passwords = Argon2Passwords(memory_kib=64, rounds=1)
        stack.callback(passwords.close)
        yield replace(services, passwords=passwords, gateway=gateway or services.gateway)


async def _stopped(stop: asyncio.Event, feeder: "asyncio.Task[None]") -> None:
    stop.set()
    await feeder


ADDRESS = {"name": "Asha Rao", "line1": "1 MG Road", "city": "Pune", "postalCode": "411001", "country": "IN"}


@dataclass
class Web:
    """Speaks HTTP with the app. What was written last is what the next read waits for."""

    app: Tillstream
    services: ApiServices
    http: httpx.AsyncClient
    position: dict[str, str] = field(default_factory=dict)

    async def send(
        self, method: str, path: str, json: object = None, *, by: str | None = None, **headers: str
    ) -> httpx.Response:
        """`by` is an access token; header names are written with underscores."""
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        if by is not None:
            given["Authorization"] = f"Bearer {by}"
        if method == "GET" and "X-Min-Position" not in given:
            given |= self.position
        response = await self.http.request(method, path, json=json, headers=given)
        if "x-position" in response.headers:
            self.position = {"X-Min-Position": response.headers["x-position"]}
        return response

    async def login(self, role: str = "buyer", *, email: str | None = None) -> str:
        """An access token of a new account."""
        email = email or f"{uuid4().hex}@example.com"
        form = {"email": email, "password": PASSWORD, "name": "Ada", "role": role}
        registered = await self.send("POST", "/api/v1/auth/register", form)
        assert registered.status_code == 201, registered.text
        answer = await self.send("POST", "/api/v1/auth/login", {"email": email, "password": PASSWORD})
        return str(answer.json()["accessToken"])

    async def admin(self) -> str:
        """An access token of a new admin, made by the shop itself."""
        email, account = f"{uuid4().hex}@example.com", AccountId(uuid4())
        vault, emails = self.services.vault, self.services.emails
        issued = vault.issue_key(account)
        command = RegisterAccount(
            account_id=account,
            email=vault.seal(person=account, key=issued.key, text=email),
            email_claim=emails.claim_of(email),
            full_name=vault.seal(person=account, key=issued.key, text="Root"),
            role=Role.ADMIN,
            password_hash=await self.services.passwords.hash(PASSWORD),
            person_key=issued.wrapped,
        )
        shop = Actor.system("tests")
        await self.services.bus.submit(Envelope(id=uuid4(), command=command, actor=shop, correlation_id=uuid4()))
        answer = await self.send("POST", "/api/v1/auth/login", {"email": email, "password": PASSWORD})
        return str(answer.json()["accessToken"])

    async def product(self, by: str, **changes: Any) -> str:
        """The id of a new product."""
        form = {"name": "Kettle", "price": 875, "quantity": 10, **changes}
        answer = await self.send("POST", "/api/v1/products", form, by=by)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    async def order(self, by: str, product: str, quantity: int = 1) -> dict[str, Any]:
        form = {"items": [{"productId": product, "quantity": quantity}], "shippingAddress": ADDRESS}
        answer = await self.send("POST", "/api/v1/orders", form, by=by)
        assert answer.status_code == 201, answer.text
        return dict(answer.json())


@asynccontextmanager
async def web(
    database: str, home: Path, *, gateway: PaymentGateway | None = None, **environment: str
) -> AsyncIterator[Web]:
    shop = settings(database, home, **environment)
    async with assembled(shop, database, gateway=gateway) as services:
        app = create_app(settings=shop, services=nullcontext(services))
        async with (
            app.router.lifespan_context(app),
            KeptAsyncClient(transport=httpx.ASGITransport(app), base_url="http://shop") as http,
        ):
            yield Web(app, services, http)
