"""Registering, logging in, and ending sessions."""

from pydantic import Field

from api.answers import Answer, created, json_answer, no_content
from api.call import Call, result_of
from api.credentials import TokensView, claim_of, client_of, tokens_view
from api.fields import Body, EmailText, GivenPassword, Name, Opaque, PasswordText, RoleWord
from api.problems import Problem, unauthenticated
from api.profiles import UserView, user_view
from api.registering import registration
from api.routing import Access, Operation, Resource
from application.accounts.results import AccountKept, Done
from application.accounts.sessions import EndAllSessions, EndSession, RefreshSession, SessionKept, StartSession
from domain.accounts.email_claim import EmailTaken
from domain.accounts.events import Role
from domain.accounts.password import PasswordSuperseded
from domain.accounts.session import SessionOver
from domain.shared.identifiers import AccountId, SessionId

RESOURCE = Resource("/api/v1/auth", "accounts")
WRONG = "The email address or the password is wrong."
SPENT = "The refresh token is not valid any more."


class Registration(Body):
    email: EmailText
    password: PasswordText = Field(repr=False)
    name: Name
    role: RoleWord = Role.BUYER


class LoginForm(Body):
    email: EmailText
    password: GivenPassword = Field(repr=False)


class RefreshForm(Body):
    refresh_token: Opaque = Field(repr=False)


class LogoutForm(Body):
    refresh_token: Opaque | None = Field(default=None, repr=False)


EXAMPLE_TOKENS = {"accessToken": "eyJ…", "refreshToken": "5vM…", "tokenType": "Bearer", "expiresIn": 900}
EXAMPLE_LOGIN = {"email": "ada@example.com", "password": "correct horse"}


@RESOURCE.route(
    "POST",
    "/register",
    Operation(
        summary="Open an account",
        access=Access.PUBLIC,
        answer=UserView,
        status=201,
        refusals=(EmailTaken,),
        problems=((401, "unauthenticated"), (403, "forbidden")),
        examples={"request": EXAMPLE_LOGIN | {"name": "Ada", "role": "buyer"}},
    ),
)
async def register(call: Call, body: Registration) -> Answer:
    claim = claim_of(call, body.email)
    await call.guard(str(claim))
    account = AccountId(call.new_id("account", caller=f"email:{claim}"))
    command = await registration(
        call, account, claim, email=body.email, name=body.name, password=body.password, role=body.role
    )
    if body.role is Role.ADMIN:
        await call.authenticate((Role.ADMIN,), fresh=True)
    kept = await call.done(command, AccountKept)
    view = await user_view(call, kept.account_id, version=kept.version)
    return created(view, location="/api/v1/users/me", version=kept.version)


@RESOURCE.route(
    "POST",
    "/login",
    Operation(
        summary="Log in",
        access=Access.PUBLIC,
        answer=TokensView,
        refusals=(PasswordSuperseded,),
        problems=((401, "unauthenticated"),),
        examples={"request": EXAMPLE_LOGIN, "response": EXAMPLE_TOKENS},
    ),
)
async def login(call: Call, body: LoginForm) -> Answer:
    claim = claim_of(call, body.email)
    await call.guard(str(claim))
    found = await call.services.directory.login_of(claim)
    known = await call.services.passwords.verify(body.password, found.password_hash if found else None)
    if found is None or not known:
        raise unauthenticated(WRONG, token_given=False)
    session = SessionId(call.new_id("session", caller=f"email:{claim}"))
    secret = call.services.tokens.refresh_secret(call.command_id(), at=call.services.clock.now())
    command = StartSession(
        session_id=session,
        account_id=found.account,
        client=client_of(call),
        token_hash=secret.token_hash,
        expires_at=secret.expires_at,
        checked=found.generation,
    )
    outcome = await call.submit(command)
    kept = result_of(outcome, SessionKept)
    return _tokens(tokens_view(call, kept, secret, at=outcome.recorded_at or call.services.clock.now()))


@RESOURCE.route(
    "POST",
    "/refresh",
    Operation(
        summary="Trade a refresh token for new tokens",
        access=Access.PUBLIC,
        answer=TokensView,
        problems=((401, "unauthenticated"),),
        refusals=(SessionOver,),
        examples={"request": {"refreshToken": "5vM…"}, "response": EXAMPLE_TOKENS},
    ),
)
async def refresh(call: Call, body: RefreshForm) -> Answer:
    tokens = call.services.tokens
    token_hash = tokens.hash_refresh(body.refresh_token)
    presented = await call.services.directory.presented(token_hash)
    if presented is None:
        raise unauthenticated(SPENT, token_given=True)
    command_id = call.command_id(caller=f"refresh:{token_hash}")
    secret = tokens.refresh_secret(command_id, at=call.services.clock.now())
    command = RefreshSession(
        session_id=presented.session,
        generation=presented.generation,
        client=client_of(call),
        token_hash=secret.token_hash,
        expires_at=secret.expires_at,
    )
    outcome = await call.submit(command)
    kept = result_of(outcome, SessionKept)
    if not kept.accepted:
        raise unauthenticated(SPENT, token_given=True)
    return _tokens(tokens_view(call, kept, secret, at=outcome.recorded_at or call.services.clock.now()))


@RESOURCE.route(
    "POST",
    "/logout",
    Operation(
        summary="End this session, or the one of a refresh token",
        status=204,
        problems=((404, "not-found"),),
        examples={"request": {"refreshToken": "5vM…"}},
    ),
)
async def logout(call: Call, body: LogoutForm) -> Answer:
    session = call.claims.session if call.claims else None
    if body.refresh_token is not None:
        presented = await call.services.directory.presented(call.services.tokens.hash_refresh(body.refresh_token))
        session = presented.session if presented else None
    if session is None:
        raise Problem(404, "not-found", "There is no such session.")
    await call.done(EndSession(session_id=session), Done)
    return no_content()


@RESOURCE.route("POST", "/logout-everywhere", Operation(summary="End every session of the account", status=204))
async def logout_everywhere(call: Call) -> Answer:
    await call.done(EndAllSessions(account_id=call.account.account), Done)
    return no_content()


def _tokens(view: TokensView) -> Answer:
    return json_answer(view, headers=[(b"cache-control", b"no-store")])
