"""What people do with their accounts and sessions in a mixed log."""

from datetime import timedelta

from application.accounts.addresses import AddAddress, RemoveAddress, ReplaceAddress
from application.accounts.administration import EditAccount
from application.accounts.api_keys import IssueApiKey, RevokeApiKey
from application.accounts.closing import CloseAccount, EndClosing
from application.accounts.passwords import ReplacePassword, RequestPasswordReset, ResetPassword
from application.accounts.phones import GivePhone, VerifyPhone
from application.accounts.profile import EditProfile
from application.accounts.sessions import EndAllSessions, EndSession, RefreshSession, StartSession
from application.accounts.verification import RequestVerification, VerifyEmail
from application.ports.open_orders import OpenOrder
from domain.accounts.events import Role
from domain.shared.actor import (
    ANONYMOUS,
    Actor,
)
from domain.shared.identifiers import (
    AccountId,
    AddressId,
    ApiKeyId,
    ChallengeId,
    ClaimId,
    OrderId,
    SessionId,
)
from tests.support.mixed_world import SHOP, Step, Story, World

LASTING = timedelta(days=30)


def newcomer(world: World) -> Story:
    """Registers, looks around, has second thoughts about letters and about the name."""
    role = Role.SELLER if world.chance(0.2) else Role.BUYER
    account = AccountId(world.number())
    if role is Role.BUYER and world.chance(0.5):
        yield from proving(world, account)
    else:
        yield from registering(world, account, role)
    yield from logging_in(world, account)
    yield Step(Actor.of(account), EditProfile(account_id=account, promotions_opt_in=world.chance(0.7)))
    yield Step(Actor.of(account), EditProfile(account_id=account, full_name=world.sealed(account)))
    yield Step(Actor.of(account), EditProfile(account_id=account, promotions_opt_in=world.chance(0.5)))
    yield from moving_and_leaving(world, account)


def automating(world: World) -> Story:
    """An admin hands out a key, and takes some back."""
    admin = Actor.of(world.admins[0])
    key = ApiKeyId(world.number())
    yield Step(admin, IssueApiKey(key_id=key, title=world.word(), secret_hash=str(key)))
    if world.chance(0.6):
        yield Step(admin, RevokeApiKey(key_id=key))


def moving_and_leaving(world: World, account: AccountId) -> Story:
    """Some get another address or role; some close their account, and are deleted or reopened."""
    if world.chance(0.3):
        email = EditAccount(account_id=account, email=world.sealed(account), email_claim=ClaimId(world.number()))
        yield Step(Actor.of(account), email)
    if world.chance(0.4):
        yield Step(SHOP, EditAccount(account_id=account, role=world.luck.choice((Role.BUYER, Role.SELLER))))
    yield from moving_house(world, account)
    if not world.chance(0.5):
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


def moving_house(world: World, account: AccountId) -> Story:
    """Some keep addresses, choose among them, and throw them away."""
    kept = [AddressId(world.number()) for _ in range(world.luck.randrange(4))]
    for each in kept:
        add = AddAddress(address_id=each, address=world.sealed(account), default=world.chance(0.3))
        yield Step(Actor.of(account), add)
    for each in kept:
        if world.chance(0.5):
            new = ReplaceAddress(address_id=each, address=world.sealed(account), default=world.chance(0.5))
            yield Step(Actor.of(account), new)
        if world.chance(0.4):
            yield Step(Actor.of(account), RemoveAddress(address_id=each))


def proving(world: World, account: AccountId) -> Story:
    """Reads the mail at last, gives a phone number, mistypes the one-time password, and may forget the password."""
    claim, verification, otp, reset = (ClaimId(world.number()), *(ChallengeId(world.number()) for _ in range(3)))
    yield from registering(world, account, Role.BUYER, claim=claim)
    ask = RequestVerification(email_claim=claim, challenge_id=verification, token_hash=str(world.number()))
    yield Step(ANONYMOUS, ask)
    if world.chance(0.7):
        yield Step(ANONYMOUS, VerifyEmail(account_id=account, challenge_id=verification))
    yield Step(Actor.of(account), GivePhone(account_id=account, phone=world.sealed(account), challenge_id=otp))
    for _ in range(world.luck.randrange(3)):
        yield Step(Actor.of(account), VerifyPhone(account_id=account, challenge_id=otp, matches=world.chance(0.5)))
    forgotten = RequestPasswordReset(email_claim=claim, challenge_id=reset, token_hash=str(world.number()))
    yield Step(ANONYMOUS, forgotten)
    if world.chance(0.7):
        yield Step(ANONYMOUS, ResetPassword(account_id=account, challenge_id=reset, password_hash="none"))


def replacing_the_password(world: World) -> Story:
    """In a session of theirs, which stays."""
    account, session = world.luck.choice(world.buyers), SessionId(world.number())
    start = StartSession(
        session_id=session,
        account_id=account,
        client="client",
        token_hash=str(world.number()),
        expires_at=world.clock.now() + LASTING,
    )
    yield Step(Actor.of(account), start)
    replace = ReplacePassword(account_id=account, session_id=session, checked=0, password_hash="none")
    yield Step(Actor.of(account), replace)


def registering(world: World, account: AccountId, role: Role, *, claim: ClaimId | None = None) -> Story:
    """From then on everybody knows them."""
    outcome = yield world.registration(account, role, claim=claim)
    if outcome.refusal is None:
        {Role.BUYER: world.buyers, Role.SELLER: world.sellers, Role.ADMIN: world.admins}[role].append(account)


def somebody_returns(world: World) -> Story:
    if world.chance(0.2):
        yield from replacing_the_password(world)
    else:
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
