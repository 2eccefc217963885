"""What it takes to fill a shop with the demo."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, closing

from application.processes.payment_settlement import PAYMENT_SETTLEMENT
from application.processes.refunds import REFUNDS
from application.processes.sale_windows import SALE_WINDOWS
from application.processes.unpaid_orders import UNPAID_ORDERS
from infrastructure.bootstrap.due_commands import EFFECTS
from infrastructure.bootstrap.outside import outside
from infrastructure.bootstrap.writing import command_loop
from infrastructure.demo.desk import DemoClock, Desk
from infrastructure.demo.meanwhile import Meanwhile
from infrastructure.demo.seed import Seeder
from infrastructure.eventstore.reader import LogReader
from infrastructure.eventstore.registry import event_codec
from infrastructure.images.developer import PillowImages
from infrastructure.images.place import image_store
from infrastructure.payments.simulated import SimulatedGateway
from infrastructure.postgres.pools import connector, open_pool
from infrastructure.security.emails import HmacEmails
from infrastructure.security.names import HmacNames
from infrastructure.security.passwords import MEMORY_KIB, ROUNDS, Argon2Passwords
from infrastructure.security.vault import AesVault
from infrastructure.settings import Settings

MANAGERS = (UNPAID_ORDERS, PAYMENT_SETTLEMENT, REFUNDS, SALE_WINDOWS)
"""Without them the demo's history would not be what it was. Mail goes out when the shop opens."""


@asynccontextmanager
async def seeding(
    settings: Settings, conninfo: str, *, memory_kib: int = MEMORY_KIB, rounds: int = ROUNDS
) -> AsyncIterator[Seeder]:
    """For one run. The two last are what a password costs."""
    clock, key = DemoClock(), settings.pii_master_key
    async with AsyncExitStack() as stack:
        pool = await stack.enter_async_context(open_pool(conninfo, process="seed", size=4))
        bus = await stack.enter_async_context(command_loop(settings, conninfo, clock=clock, process="seed"))
        others = await stack.enter_async_context(outside(settings, conninfo, pool=pool, clock=clock, process="seed"))
        images = image_store(settings.image_store, settings.till_home)
        stack.push_async_callback(images.close)
        desk = Desk(
            bus=bus,
            vault=AesVault(master_key=key, pool=pool, clock=clock),
            passwords=stack.enter_context(closing(Argon2Passwords(memory_kib=memory_kib, rounds=rounds))),
            emails=HmacEmails(master_key=key),
            names=HmacNames(master_key=key),
            images=images,
            developer=stack.enter_context(closing(PillowImages())),
            gateway=SimulatedGateway(pool),
            clock=clock,
            currency=settings.store_currency,
        )
        yield Seeder(
            desk=desk,
            meanwhile=Meanwhile(
                managers=MANAGERS,
                effects=EFFECTS,
                outside=others,
                bus=bus,
                pool=pool,
                reader=LogReader(event_codec()),
                clock=clock,
            ),
            connect=connector(conninfo, process="seed", statement_seconds=0),
        )
