"""What the API is given by the composition root; it builds none of it."""

from collections.abc import Mapping, Sequence
from ipaddress import IPv4Network, IPv6Network
from typing import Any, Protocol
from uuid import UUID
from zoneinfo import ZoneInfo

from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool

from application.ports.category_products import CategoryProducts
from application.ports.clock import Clock
from application.ports.commands import CommandBus
from application.ports.deliveries import Webhook
from application.ports.feed import EventFeed
from application.ports.gateway import PaymentGateway
from application.ports.images import ImageDeveloper, ImageStore
from application.ports.jobs import Jobs
from application.ports.open_orders import OpenOrders
from application.ports.operations import Operations
from application.ports.reports import ReportFiles
from application.ports.security import Directory, Emails, Fingerprints, Names, Passwords, Tokens, Vault
from application.ports.webhooks import Webhooks


class ApiSettings(Protocol):
    """The settings that shape the API."""

    @property
    def store_currency(self) -> str: ...

    @property
    def store_timezone(self) -> ZoneInfo: ...

    @property
    def tax_inclusive(self) -> bool: ...

    @property
    def api_contexts(self) -> tuple[str, ...]: ...

    @property
    def rate_limits(self) -> bool: ...

    @property
    def rate_limit_storage(self) -> str: ...

    @property
    def cors_origins(self) -> tuple[str, ...]: ...

    @property
    def trusted_proxies(self) -> Sequence[IPv4Network | IPv6Network]: ...

    @property
    def max_body(self) -> int: ...

    @property
    def webhook_private_addresses(self) -> bool: ...


class Positions(Protocol):
    """How far the live read models are, as this process knows it from their notifications."""

    def schema_of(self, projection: str) -> str:
        """The live schema, `catalogue_v1`."""

    async def wait(self, projections: Sequence[str], slots: Mapping[str, int], *, seconds: float) -> bool:
        """Until each has passed these positions, in the slots it consumes; False where time ran out first."""

    async def moved(self, projection: str, slots: Mapping[str, int]) -> Mapping[str, int]:
        """Where its slots are, once they are known and elsewhere than there."""

    def standing(self, projections: Sequence[str], product: UUID | None) -> tuple[object, ...]:
        """Changes whenever rows of theirs may have changed: of one product's, or any. Cheap."""


class Services(Protocol):
    """Everything outside the API that an endpoint may reach."""

    @property
    def settings(self) -> ApiSettings: ...

    @property
    def clock(self) -> Clock: ...

    @property
    def bus(self) -> CommandBus: ...

    @property
    def pool(self) -> AsyncConnectionPool[AsyncConnection[Any]]: ...

    @property
    def positions(self) -> Positions: ...

    @property
    def gateway(self) -> PaymentGateway: ...

    @property
    def webhooks(self) -> Mapping[str, Webhook]:
        """By the name of the provider; those of whom a secret is known."""

    @property
    def open_orders(self) -> OpenOrders: ...

    @property
    def category_products(self) -> CategoryProducts: ...

    @property
    def report_files(self) -> ReportFiles: ...

    @property
    def images(self) -> ImageStore: ...

    @property
    def developer(self) -> ImageDeveloper: ...

    @property
    def operations(self) -> Operations: ...

    @property
    def feed(self) -> EventFeed: ...

    @property
    def receivers(self) -> Webhooks: ...

    @property
    def jobs(self) -> Jobs: ...

    @property
    def directory(self) -> Directory: ...

    @property
    def vault(self) -> Vault: ...

    @property
    def tokens(self) -> Tokens: ...

    @property
    def passwords(self) -> Passwords: ...

    @property
    def emails(self) -> Emails: ...

    @property
    def names(self) -> Names: ...

    @property
    def fingerprints(self) -> Fingerprints: ...

    def metrics(self) -> bytes:
        """What all processes count, in Prometheus' text form."""

    async def health(self) -> Mapping[str, str]:
        """`ok` or what is wrong, by what was checked: `database`, `commands`, `projection <name>`. Never raises."""
