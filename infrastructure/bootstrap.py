"""The composition root: what there is, as tables, and how the processes put it together."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from typing import Any

from application import accounts, catalogue, inventory, ordering, payments, shopping
from application.effects import (
    Effect,
    SendRefund,
    SettleAttempt,
    VoidAttempt,
    expire_when_settled,
    send_refund,
    settle_attempt,
    void_attempt,
)
from application.policy import ShopPolicy
from application.ports.clock import Clock
from application.ports.commands import Command, Result
from application.processes.payment_settlement import PAYMENT_SETTLEMENT
from application.processes.process import ProcessManager
from application.processes.refunds import REFUNDS
from application.processes.unpaid_orders import UNPAID_ORDERS
from infrastructure.clock import SystemClock
from infrastructure.collector import spare_long_lived_objects
from infrastructure.commandloop.batch import Handlers
from infrastructure.commandloop.committing import Committer
from infrastructure.commandloop.loop import CommandLoop
from infrastructure.commandloop.snapshots import SnapshotKeeper
from infrastructure.commandloop.states import StateCache
from infrastructure.eventstore.reader import LogReader
from infrastructure.eventstore.registry import CATEGORIES, event_codec
from infrastructure.eventstore.writer import LogWriter
from infrastructure.payments.simulated import SimulatedGateway
from infrastructure.postgres.database import open_database
from infrastructure.postgres.pools import connector, open_pool
from infrastructure.processes.driver import as_projection, schema_stem
from infrastructure.processes.executor import Executor
from infrastructure.runner.changes import ChangesSince
from infrastructure.runner.instances import ensure
from infrastructure.runner.read_positions import ReadPositions
from infrastructure.runner.rebuild import Rebuild
from infrastructure.runner.runner import Runner
from infrastructure.runner.slots import Slots, stored_partitions
from infrastructure.security.directory import PostgresDirectory
from infrastructure.security.emails import HmacEmails
from infrastructure.security.fingerprints import HmacFingerprints
from infrastructure.security.passwords import Argon2Passwords
from infrastructure.security.tokens import JwtTokens
from infrastructure.security.vault import AesVault
from infrastructure.services import ApiServices
from infrastructure.settings import Settings
from projections.accounts import ACCOUNTS
from projections.carts import CARTS
from projections.catalogue import CATALOGUE, changed_products
from projections.order_history import ORDER_HISTORY
from projections.projection import Projection
from projections.stock_levels import STOCK_LEVELS, changed_levels


def handlers(policy: ShopPolicy) -> Handlers:
    """Every command and who decides it."""
    with_policy: Mapping[type[Command], Callable[..., Result]] = {
        catalogue.ListProduct: catalogue.list_product,
        catalogue.EditProduct: catalogue.edit_product,
        shopping.RemoveFromCart: shopping.remove_from_cart,
        shopping.ClearCart: shopping.clear_cart,
        ordering.Checkout: ordering.checkout,
    }
    return {
        accounts.RegisterAccount: accounts.register_account,
        accounts.EditProfile: accounts.edit_profile,
        accounts.StartSession: accounts.start_session,
        accounts.RefreshSession: accounts.refresh_session,
        accounts.EndSession: accounts.end_session,
        accounts.EndAllSessions: accounts.end_all_sessions,
        catalogue.WithdrawProduct: catalogue.withdraw_product,
        catalogue.RestoreProduct: catalogue.restore_product,
        inventory.AdjustStock: inventory.adjust_stock,
        inventory.SetStock: inventory.set_stock,
        inventory.SetThreshold: inventory.set_threshold,
        shopping.AddToCart: shopping.add_to_cart,
        shopping.SetCartQuantity: shopping.set_cart_quantity,
        ordering.CancelOrder: ordering.cancel_order,
        ordering.ExpireOrder: ordering.expire_order,
        payments.StartPayment: payments.start_payment,
        payments.RetryPayment: payments.retry_payment,
        payments.RecordCharge: payments.record_charge,
        payments.RequestRefund: payments.request_refund,
        payments.RecordRefund: payments.record_refund,
        **{command: partial(handler, policy=policy) for command, handler in with_policy.items()},
    }


READ_MODELS: tuple[Projection, ...] = (ACCOUNTS, CATALOGUE, STOCK_LEVELS, CARTS, ORDER_HISTORY)

PROCESS_MANAGERS: tuple[ProcessManager[Any], ...] = (UNPAID_ORDERS, PAYMENT_SETTLEMENT, REFUNDS)

DUE_COMMANDS: tuple[type[Command], ...] = (ordering.ExpireOrder, SettleAttempt, VoidAttempt, SendRefund)

EFFECTS: Mapping[type[Command], Effect[Any]] = {
    ordering.ExpireOrder: expire_when_settled,
    SettleAttempt: settle_attempt,
    VoidAttempt: void_attempt,
    SendRefund: send_refund,
}


CHANGES: Mapping[str, ChangesSince] = {CATALOGUE.name: changed_products, STOCK_LEVELS.name: changed_levels}
"""The read models whose rendered answers API processes keep, and how they learn what changed."""


def projections() -> tuple[Projection, ...]:
    """Everything a driver feeds: the read models, and the process managers in the same shape."""
    return (*READ_MODELS, *map(as_projection, PROCESS_MANAGERS))


def policy(settings: Settings) -> ShopPolicy:
    return ShopPolicy(
        currency=settings.store_currency,
        tax_rate=settings.tax_rate,
        tax_inclusive=settings.tax_inclusive,
        payment_window=settings.payment_window,
    )


def end_process() -> None:
    """A process without its writer is of no use; its supervisor starts another."""
    os.kill(os.getpid(), signal.SIGTERM)


@asynccontextmanager
async def command_loop(
    settings: Settings, conninfo: str, *, clock: Clock, process: str, on_death: Callable[[], None] = end_process
) -> AsyncIterator[CommandLoop]:
    """The process's one writer, running."""
    connect = connector(conninfo, process=f"{process} writer")
    async with AsyncExitStack() as stack:
        snapshots = SnapshotKeeper(LogWriter(connect))
        snapshots.start()
        stack.push_async_callback(snapshots.close)
        committer = Committer(
            writer=LogWriter(connect),
            handlers=handlers(policy(settings)),
            codec=event_codec(),
            cache=StateCache(),
            clock=clock,
            partitions=await partitions(conninfo),
        )
        loop = CommandLoop(committer, on_death=on_death, after_commit=snapshots.notice)
        loop.start()
        stack.push_async_callback(loop.close)
        yield loop


async def partitions(conninfo: str) -> int:
    """Slots per family, as the database has it."""
    conn = await connector(conninfo, process="set-up")()
    async with conn:
        return await stored_partitions(conn)


@asynccontextmanager
async def api_services(settings: Settings) -> AsyncIterator[ApiServices]:
    """Everything behind one API process, opened, and closed in reverse order."""
    clock, secret = SystemClock(), settings.pii_master_key
    with open_database(settings) as conninfo:
        per_family = await partitions(conninfo)
        slots = Slots(CATEGORIES, per_family)
        connect = connector(conninfo, process="api positions")
        async with await connect() as conn:
            await ensure(conn, projections(), slots=slots, at=clock.now())
        positions = ReadPositions(connect=connect, changes=CHANGES)
        async with AsyncExitStack() as stack:
            pool = await stack.enter_async_context(open_pool(conninfo, process="api"))
            bus = await stack.enter_async_context(command_loop(settings, conninfo, clock=clock, process="api"))
            await positions.start()
            stack.push_async_callback(positions.close)
            spare_long_lived_objects()
            passwords = Argon2Passwords()
            stack.callback(passwords.close)
            yield ApiServices(
                settings=settings,
                clock=clock,
                bus=bus,
                pool=pool,
                positions=positions,
                gateway=SimulatedGateway(pool),
                directory=PostgresDirectory(pool=pool, codec=event_codec(), clock=clock, partitions=per_family),
                vault=AesVault(master_key=secret, pool=pool, clock=clock),
                tokens=JwtTokens(secret=settings.jwt_secret.encode(), master_key=secret, clock=clock),
                passwords=passwords,
                emails=HmacEmails(master_key=secret),
                fingerprints=HmacFingerprints(master_key=secret),
            )


@asynccontextmanager
async def feeding(conninfo: str, *, clock: Clock) -> AsyncIterator[Runner]:
    """The in-process driver of every read model and process manager."""
    slots = Slots(CATEGORIES, await partitions(conninfo))
    yield Runner(
        connect=connector(conninfo, process="runner"),
        projections=projections(),
        reader=LogReader(event_codec()),
        slots=slots,
        clock=clock,
    )


async def rebuilding(conninfo: str, name: str, *, clock: Clock) -> Rebuild:
    """Raises LookupError for a name that nothing has."""
    by_name = {projection.name: projection for projection in projections()}
    if name not in by_name:
        raise LookupError(f"There is no projection {name!r}; there are {', '.join(sorted(by_name))}.")
    return Rebuild(
        by_name[name],
        connect=connector(conninfo, process="rebuild", statement_seconds=0, idle_in_transaction_seconds=0),
        reader=LogReader(event_codec()),
        slots=Slots(CATEGORIES, await partitions(conninfo)),
        clock=clock,
    )


async def work(settings: Settings, conninfo: str, stop: asyncio.Event) -> None:
    """The worker process: feeds the read models and process managers, and carries out what falls due."""
    clock = SystemClock()
    async with (
        open_pool(conninfo, process="executor") as pool,
        command_loop(settings, conninfo, clock=clock, process="worker") as bus,
        feeding(conninfo, clock=clock) as runner,
    ):
        executor = Executor(
            pool=pool,
            bus=bus,
            gateway=SimulatedGateway(pool),
            clock=clock,
            managers={schema_stem(manager): manager.name for manager in PROCESS_MANAGERS},
            commands=DUE_COMMANDS,
            effects=EFFECTS,
        )
        spare_long_lived_objects()
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(runner.run(stop))
            tasks.create_task(executor.run(stop))
