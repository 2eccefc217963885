"""Random histories of one API key."""

from uuid import UUID

from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, rule
from msgspec.structs import replace

from domain.accounts.account import Account, AccountStatus
from domain.accounts.api_key import API_KEYS, ApiKey
from domain.accounts.events import Role
from domain.accounts.key_events import ApiKeyEvent, ApiKeyRevoked
from domain.shared.identifiers import ApiKeyId
from domain.shared.refusal import Forbidden
from tests.support.accounts import ADMIN, STRANGER, an_account
from tests.support.machines import AggregateMachine
from tests.support.times import NOON

KEY = ApiKeyId(UUID(int=0xA9))


class ApiKeyMachine(AggregateMachine[ApiKey, ApiKeyEvent]):
    category = API_KEYS
    stream = KEY

    @initialize()
    def issue(self) -> None:
        self.revoked = False
        issuer = an_account(ADMIN, role=Role.ADMIN)
        self.begin(ApiKey.issue(key_id=KEY, issuer=issuer, name="export", at=NOON))

    @rule()
    def revoke(self) -> None:
        then = () if self.revoked else (ApiKeyRevoked(key_id=KEY, at=NOON),)
        self.decide(lambda key: key.revoke(NOON), refused=None, then=then)
        self.revoked = True

    @rule(by=st.sampled_from([ADMIN, STRANGER]), role=st.sampled_from(Role), status=st.sampled_from(AccountStatus))
    def use(self, by: UUID, role: Role, status: AccountStatus) -> None:
        issuer: Account = replace(an_account(ADMIN, role=role), id=by, status=status)

        def act(key: ApiKey) -> tuple[ApiKeyEvent, ...]:
            key.require_good(issuer)
            return ()

        good = by == ADMIN and role is Role.ADMIN and status is AccountStatus.ACTIVE and not self.revoked
        self.decide(act, refused=None if good else Forbidden)

    @invariant()
    def the_key_is_what_was_said(self) -> None:
        assert self.state == ApiKey(id=KEY, issuer_id=ADMIN, revoked=self.revoked)


TestApiKeyMachine = ApiKeyMachine.TestCase
