"""What stands behind one API process."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, closing

from application.ports.clock import Clock
from infrastructure.bootstrap import providers
from infrastructure.bootstrap.changes import CHANGES
from infrastructure.bootstrap.jobs import job_desk, jobs
from infrastructure.bootstrap.tables import projections
from infrastructure.bootstrap.vaults import open_vault
from infrastructure.bootstrap.writing import command_loop, partitions
from infrastructure.category_products import PostgresCategoryProducts
from infrastructure.clock import SystemClock
from infrastructure.collector import spare_long_lived_objects
from infrastructure.eventstore.registry import CATEGORIES, event_codec
from infrastructure.images.developer import PillowImages
from infrastructure.images.place import image_store
from infrastructure.open_orders import PostgresOpenOrders
from infrastructure.operations import PostgresOperations
from infrastructure.postgres.database import open_database
from infrastructure.postgres.pools import connector, open_pool
from infrastructure.processes.job_desk import DeskBeside
from infrastructure.reports.files import PostgresReportFiles
from infrastructure.runner.instances import ensure
from infrastructure.runner.read_positions import ReadPositions
from infrastructure.runner.slots import Slots
from infrastructure.security.directory import PostgresDirectory
from infrastructure.security.emails import HmacEmails
from infrastructure.security.fingerprints import HmacFingerprints
from infrastructure.security.names import HmacNames
from infrastructure.security.passwords import Argon2Passwords
from infrastructure.security.tokens import JwtTokens
from infrastructure.services import ApiServices
from infrastructure.settings import Settings
from infrastructure.webhooks.feed import PostgresEventFeed
from infrastructure.webhooks.secrets import WebhookSecrets
from infrastructure.webhooks.standing import PostgresWebhooks


@asynccontextmanager
async def api_services(settings: Settings) -> AsyncIterator[ApiServices]:
    """Everything behind one API process, opened, and closed in reverse order."""
    clock, secret = SystemClock(), settings.pii_master_key
    with open_database(settings) as conninfo:
        per_family = await partitions(conninfo)
        positions = await _read_positions(conninfo, Slots(CATEGORIES, per_family), clock)
        async with AsyncExitStack() as stack:
            opened = stack.enter_async_context
            pool = await opened(open_pool(conninfo, process="api"))
            bus = await opened(_bus(settings, conninfo, clock=clock))
            vault = await opened(open_vault(conninfo, master_key=secret, pool=pool, clock=clock, process="api"))
            await opened(_started(positions))
            spare_long_lived_objects()
            images = image_store(settings.image_store, settings.till_home)
            stack.push_async_callback(images.close)
            yield ApiServices(
                settings=settings,
                clock=clock,
                bus=bus,
                pool=pool,
                positions=positions,
                gateway=providers.gateway(settings, pool),
                webhooks=providers.webhooks(settings, pool),
                open_orders=PostgresOpenOrders(pool),
                operations=PostgresOperations(pool),
                feed=PostgresEventFeed(pool),
                receivers=PostgresWebhooks(pool, WebhookSecrets(secret)),
                jobs=jobs(pool),
                category_products=PostgresCategoryProducts(pool),
                report_files=PostgresReportFiles(pool),
                images=images,
                developer=stack.enter_context(closing(PillowImages())),
                directory=PostgresDirectory(pool=pool, codec=event_codec(), clock=clock, partitions=per_family),
                vault=vault,
                tokens=JwtTokens(secret=settings.jwt_secret.encode(), master_key=secret, clock=clock),
                passwords=stack.enter_context(closing(Argon2Passwords())),
                emails=HmacEmails(master_key=secret),
                names=HmacNames(master_key=secret),
                fingerprints=HmacFingerprints(master_key=secret),
            )


@asynccontextmanager
async def _bus(settings: Settings, conninfo: str, *, clock: Clock) -> AsyncIterator[DeskBeside]:
    """The command loop, and the desk for what is decided about jobs."""
    async with (
        command_loop(settings, conninfo, clock=clock, process="api") as loop,
        job_desk(conninfo, clock=clock, process="api") as desk,
    ):
        yield DeskBeside(loop, desk)


@asynccontextmanager
async def _started(positions: ReadPositions) -> AsyncIterator[None]:
    await positions.start()
    try:
        yield
    finally:
        await positions.close()


async def _read_positions(conninfo: str, slots: Slots, clock: Clock) -> ReadPositions:
    """Of projections that are there; not started."""
    connect = connector(conninfo, process="api positions")
    async with await connect() as conn:
        await ensure(conn, projections(), slots=slots, at=clock.now())
    return ReadPositions(connect=connect, changes=CHANGES)
