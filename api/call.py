"""One request on its way through the API: who asks, what was sent, and the commands it leads to."""

from collections.abc import Collection, Mapping
from typing import TypeVar
from uuid import UUID

import msgspec
from fastapi import Request
from pydantic import BaseModel
from starlette.datastructures import UploadFile
from starlette.types import Receive, Scope

from api import bodies, idempotency, identity, multipart, negotiation
from api.answers import Header
from api.errors import raise_refusal
from api.positions import Positioned
from api.problems import invalid
from api.receiving import received
from api.running import Running
from application.ports.commands import Command, Envelope, Outcome, Result
from application.ports.security import AccessClaims, PresentedKey, Standing
from domain.accounts.events import Role
from domain.shared.actor import ANONYMOUS, Actor
from domain.shared.identifiers import derived
from domain.shared.refusal import Forbidden

M = TypeVar("M", bound=BaseModel)
R = TypeVar("R", bound=Result)


class Call(Request):
    """FastAPI's request, with what every endpoint here needs. Endpoints get it as their first argument."""

    def __init__(
        self,
        scope: Scope,
        receive: Receive,
        *,
        running: Running,
        given: Mapping[bytes, bytes],
        request_id: str,
    ) -> None:
        super().__init__(scope, receive)
        self.running = running
        self.services = running.services
        self.given = given
        """Header fields by lower-case name."""
        self.request_id = request_id
        self.claims: AccessClaims | None = None
        self.key: PresentedKey | None = None
        """The API key that stands for its issuer, where no token was sent."""
        self.standing: Standing | None = None
        """The caller's account, on routes that take one."""
        self.positioned = Positioned()
        self.extra: list[Header] = []
        """Headers for whatever the answer will be."""
        self.limit_headers: list[Header] = []
        """How much more the client may ask for."""
        self.submitted = False
        self.uploads: tuple[UploadFile, ...] = ()
        """Files of a form, on routes that take them."""
        self._holds_form = False
        self._sent: object = msgspec.UNSET
        self._command_id: UUID | None = None

    async def authenticate(self, roles: tuple[Role, ...], *, fresh: bool, by_key: bool = False) -> Standing:
        """Raises 401, or 403 where the account has none of the roles. `by_key`: an API key will do."""
        if by_key and b"authorization" not in self.given and b"x-api-key" in self.given:
            self.standing = identity.require(await identity.keyed(self.key, self.running), *roles)
            return self.standing
        standing = await identity.authenticated(self.given, self.claims, self.running, fresh=fresh)
        if roles and standing.role not in roles and not fresh:
            standing = await identity.authenticated(self.given, self.claims, self.running, fresh=True)
        self.standing = identity.require(standing, *roles)
        return standing

    @property
    def address(self) -> str:
        """Of the client, as far as trusted proxies say."""
        peer = self.scope["client"][0] if self.scope.get("client") else None
        trusted = self.services.settings.trusted_proxies
        return identity.client_address(peer, self.given.get(b"x-forwarded-for"), trusted)

    @property
    def secure(self) -> bool:
        """Whether the client came over TLS, as far as is known here: a trusted proxy that ends it says so."""
        if self.scope.get("scheme") == "https":
            return True
        said = self.given.get(b"x-forwarded-proto", b"").rpartition(b",")[2].strip().lower()
        peer = self.scope["client"][0] if self.scope.get("client") else ""
        return said == b"https" and identity.is_trusted(peer, self.services.settings.trusted_proxies)

    @property
    def account(self) -> Standing:
        """The caller, where the route takes an account."""
        if self.standing is None:
            raise Forbidden("This takes an account.")
        return self.standing

    async def json(self) -> object:
        """The body, decoded once; an empty one is None. Numbers are ints and Decimals."""
        if self._sent is msgspec.UNSET:
            negotiation.require_json(self.given)
            raw = await received(self.receive, self.given, limit=self.services.settings.max_body)
            self._sent = bodies.decode(raw) if raw else None
        return self._sent

    async def take_form(self, json_fields: frozenset[str]) -> None:
        """A multipart body, apart: `json` gives its fields, `uploads` its files. Closed by `close_form`."""
        self.running.forms.enter()
        self._holds_form = True
        form = await multipart.read_form(self.given, self.receive, json_fields=json_fields)
        self._sent, self.uploads = form.fields, form.files

    async def fields(self) -> Collection[str]:
        """Names of the fields of a form."""
        sent = await self.json()
        return sent if isinstance(sent, dict) else ()

    async def close_form(self) -> None:
        for upload in self.uploads:
            await upload.close()
        if self._holds_form:
            self._holds_form = False
            self.running.forms.leave()

    async def model(self, model: type[M]) -> M:
        """The body as a model; one without required fields may be left out altogether."""
        sent = await self.json()
        if sent is None:
            if bodies.has_required(model):
                raise invalid("", "A JSON object is required.")
            sent = {}
        return bodies.validated(model, sent, currency=self.services.settings.store_currency)

    def command_id(self, caller: str | None = None) -> UUID:
        """Of this request's (first) command. `caller` stands for one without an account."""
        if self._command_id is None:
            key = idempotency.key_of(self.given.get(b"idempotency-key"))
            who = caller or (f"account:{self.claims.account}" if self.claims else self._keyholder)
            path = self.scope["path"]
            self._command_id = idempotency.command_id(caller=who, method=self.method, path=path, key=key)
        return self._command_id

    @property
    def _keyholder(self) -> str:
        return f"key:{self.key.key}" if self.key else "anonymous"

    @property
    def actor(self) -> Actor:
        """Who the request's commands are attributed to."""
        if self.standing is None:
            return ANONYMOUS
        if self.claims is None and self.key is not None:
            return Actor.through(self.key.key, self.standing.account)
        return Actor.of(self.standing.account)

    def new_id(self, kind: str, *, caller: str | None = None) -> UUID:
        """The identifier of what this request creates; the same when it comes again under its key."""
        return derived(kind, self.command_id(caller))

    async def guard(self, target: str) -> None:
        """Counts a try at a secret, against the client's address and against what it is tried on. Raises 429."""
        counted = await self.running.limits.guess(identity.counted_as(self.address), target)
        self.limit_headers = counted or self.limit_headers

    async def pardon(self, target: str) -> None:
        """Takes the try that `guard` has counted back: it was no guess."""
        await self.running.limits.pardon(identity.counted_as(self.address), target)

    async def submit(self, command: Command) -> Outcome:
        """Decides and commits the request's command; a refusal ends the request."""
        keyed = b"idempotency-key" in self.given
        envelope = Envelope(
            id=self.command_id(),
            command=command,
            actor=self.actor,
            correlation_id=idempotency.correlation(self.request_id),
            fingerprint=await self._fingerprint() if keyed else b"",
            keeps_refusal=keyed,
        )
        outcome = await self.services.bus.submit(envelope)
        if outcome.replayed and outcome.refusal is None:
            self.extra.append((b"idempotent-replayed", b"true"))
        return self._accepted(outcome)

    async def done(self, command: Command, kind: type[R]) -> R:
        """As `submit`, and gives the handler's result."""
        return result_of(await self.submit(command), kind)

    async def follow_up(self, command: Command, kind: type[R], *, command_id: UUID, actor: Actor) -> R:
        """A further command of the same request, in the name of the shop; one execution per id as well."""
        outcome = await self.report(command, command_id=command_id, actor=actor, cause=self.command_id())
        return result_of(self._accepted(outcome), kind)

    async def report(self, command: Command, *, command_id: UUID, actor: Actor, cause: UUID | None = None) -> Outcome:
        """As `follow_up`, but a refusal is an outcome like any other, and ends nothing."""
        envelope = Envelope(
            id=command_id,
            command=command,
            actor=actor,
            correlation_id=idempotency.correlation(self.request_id),
            causation_id=cause,
            keeps_refusal=True,
        )
        return await self.services.bus.submit(envelope)

    def _accepted(self, outcome: Outcome) -> Outcome:
        raise_refusal(outcome)
        return self.wrote(outcome)

    def wrote(self, outcome: Outcome) -> Outcome:
        """The answer says where."""
        self.submitted = True
        self.positioned.wrote(outcome)
        return outcome

    async def _fingerprint(self) -> bytes:
        sent = bodies.canonical(await self.json())
        digests = [await multipart.digest(upload) for upload in self.uploads]
        return self.services.fingerprints.of(self.method.encode(), self.scope["path"].encode(), sent, *digests)

    def own_headers(self, status: int) -> list[Header]:
        """What the answer to this request says beside what it is."""
        headers = self.extra
        if status != 429:  # that one has brought its own
            headers += self.limit_headers
        position = self.positioned.token()
        if position is not None:
            headers.append((b"x-position", position))
        return headers

    def schema(self, projection: str) -> str:
        """Where the read model's tables are now."""
        return self.services.positions.schema_of(projection)

    def expected_version(self) -> int | None:
        """Of If-Match: None without one or with `*`. Raises 412 for what was never a version."""
        return negotiation.version_of(self.given)


def result_of(outcome: Outcome, kind: type[R]) -> R:
    """What the handler answered, or had answered when the command was executed first."""
    return msgspec.json.decode(outcome.result or b"", type=kind)
