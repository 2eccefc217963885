"""What an API process is given."""

from collections.abc import Mapping
from dataclasses import dataclass

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
from infrastructure.metrics import exposition
from infrastructure.postgres.pools import Pool
from infrastructure.readiness import readiness
from infrastructure.runner.read_positions import ReadPositions
from infrastructure.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiServices:
    """What the API is given; the shape it asks for is `api.services.Services`."""

    settings: Settings
    clock: Clock
    bus: CommandBus
    pool: Pool
    positions: ReadPositions
    gateway: PaymentGateway
    webhooks: Mapping[str, Webhook]
    open_orders: OpenOrders
    operations: Operations
    feed: EventFeed
    receivers: Webhooks
    jobs: Jobs
    category_products: CategoryProducts
    report_files: ReportFiles
    images: ImageStore
    developer: ImageDeveloper
    directory: Directory
    vault: Vault
    tokens: Tokens
    passwords: Passwords
    emails: Emails
    names: Names
    fingerprints: Fingerprints

    async def health(self) -> dict[str, str]:
        """`ok` or what is wrong, by what was checked."""
        return await readiness(self.pool)

    def metrics(self) -> bytes:
        """Of every process of the shop on this machine, in Prometheus' text form."""
        return exposition()
