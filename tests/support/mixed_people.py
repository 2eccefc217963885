"""What people do with their accounts and sessions in a mixed log."""

from datetime import timedelta

from application.accounts.administration import EditAccount
from application.accounts.closing import CloseAccount, EndClosing
from application.accounts.profile import EditProfile
from application.accounts.sessions import EndAllSessions, EndSession, RefreshSession, StartSession
from application.ports.open_orders import OpenOrder
from domain.accounts.events import Role
from domain.shared.actor import Actor
from domain.shared.identifiers import AccountId, ClaimId, OrderId, SessionId
from tests.support.mixed_world import SHOP, Step, Story, World

LASTING = timedelta(days=30)


def newcomer(world: World) -> Story:
    """Registers, looks around, has second thoughts about letters and about the name."""
    role = Role.SELLER if world.chance(0.2) else Role.BUYER
    account = AccountId(world.number())
    yield from registering(world, account, role)
    yield from logging_in(world, account)
    yield Step(Actor.of(account), EditProfile(account_id=account, promotions_opt_in=world.chance(0.7)))
    yield Step(Actor.of(account), EditProfile(account_id=account, full_name=world.sealed(account)))
    yield Step(Actor.of(account), EditProfile(account_id=account, promotions_opt_in=world.chance(0.5)))
    yield from moving_and_leaving(world, account)


def moving_and_leaving(world: World, account: AccountId) -> Story:
    """Some get another address or role; some close their account, and are deleted or reopened."""
    if world.chance(0.3):
        email = EditAccount(account_id=account, email=world.sealed(account), email_claim=ClaimId(world.number()))
        yield Step(Actor.of(account), email)
    if world.chance(0.2):
        yield Step(SHOP, EditAccount(account_id=account, role=world.luck.choice((Role.BUYER, Role.SELLER))))
    if not world.chance(0.3):
        return
    closed = yield Step(Actor.of(account), CloseAccount(account_id=account))
    if closed.refusal is not None:
        return
    order = OpenOrder(order_id=OrderId(world.number()), order_number="T-1", status="shipped")
    undelivered = (order,) if world.chance(0.5) else ()
    yield Step(SHOP, EndClosing(account_id=account, closing=closed.command_id, undelivered=undelivered))
    if not undelivered:
        for people in (world.buyers, world.sellers):
            if account in people and len(people) > 1:
                people.remove(account)


def registering(world: World, account: AccountId, role: Role) -> Story:
    """From then on everybody knows them."""
    outcome = yield world.registration(account, role)
    if outcome.refusal is None:
        {Role.BUYER: world.buyers, Role.SELLER: world.sellers, Role.ADMIN: world.admins}[role].append(account)


def somebody_returns(world: World) -> Story:
    yield from logging_in(world, world.luck.choice(world.buyers + world.sellers))


def logging_in(world: World, account: AccountId) -> Story:
    """A session is kept alive for a while, and ended: by its owner, with all others, by a thief, or by nobody."""
    session = SessionId(world.number())
    start = StartSession(
        session_id=session,
        account_id=account,
        client=f"client {world.luck.randrange(100)}",
        token_hash=str(world.number()),
        expires_at=world.clock.now() + LASTING,
    )
    yield Step(Actor.of(account), start)
    generations = world.luck.randrange(3)
    for generation in range(generations):
        yield _refreshing(world, session, generation)
    match world.luck.randrange(6):
        case 0 | 1:
            yield Step(Actor.of(account), EndSession(session_id=session))
        case 2:
            yield Step(Actor.of(account), EndAllSessions(account_id=account))
        case 3 if generations:
            yield _refreshing(world, session, 0)  # a token spent before: the session is over where it was not the last
        case _:
            return


def _refreshing(world: World, session: SessionId, generation: int) -> Step:
    command = RefreshSession(
        session_id=session,
        generation=generation,
        client=f"client {world.luck.randrange(100)}",
        token_hash=str(world.number()),
        expires_at=world.clock.now() + LASTING,
    )
    return Step(SHOP, command)
