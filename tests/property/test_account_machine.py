"""Random histories of one account."""

from datetime import timedelta
from uuid import UUID

from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, rule

from domain.accounts.account import ACCOUNTS, Account
from domain.accounts.events import (
    AccountEvent,
    AccountRenamed,
    AllSessionsRevoked,
    PromotionsOptedIn,
    PromotionsOptedOut,
    Role,
)
from domain.shared.identifiers import AccountId, ClaimId
from domain.shared.refusal import Forbidden
from domain.shared.sealed import Sealed
from tests.support.given import given
from tests.support.machines import AggregateMachine
from tests.support.times import NOON

ACCOUNT = AccountId(UUID(int=1))
NAMES = st.sampled_from([Sealed(person=ACCOUNT, box=box) for box in ("one", "two")])


class AccountMachine(AggregateMachine[Account, AccountEvent]):
    category = ACCOUNTS
    stream = ACCOUNT

    @initialize(role=st.sampled_from(Role), name=NAMES)
    def register(self, role: Role, name: Sealed) -> None:
        self.role, self.name, self.opted_in, self.now, self.valid_from = role, name, False, NOON, NOON
        self.begin(
            Account.register(
                account_id=ACCOUNT,
                email=Sealed(person=ACCOUNT, box="email"),
                email_claim=ClaimId(UUID(int=2)),
                name=name,
                role=role,
                appointed=True,
                at=NOON,
            )
        )

    @rule(name=NAMES)
    def rename(self, name: Sealed) -> None:
        then = () if name == self.name else (AccountRenamed(name=name),)
        self.decide(lambda account: account.rename(name), refused=None, then=then)
        self.name = name

    @rule()
    def opt_in(self) -> None:
        then = () if self.opted_in else (PromotionsOptedIn(),)
        self.decide(lambda account: account.opt_in(), refused=None, then=then)
        self.opted_in = True

    @rule()
    def opt_out(self) -> None:
        then = (PromotionsOptedOut(),) if self.opted_in else ()
        self.decide(lambda account: account.opt_out(), refused=None, then=then)
        self.opted_in = False

    @rule(pause=st.integers(0, 100))
    def revoke_sessions(self, pause: int) -> None:
        self.now += timedelta(seconds=pause)
        at = self.now
        self.decide(lambda account: account.revoke_sessions(at), refused=None, then=(AllSessionsRevoked(at=at),))
        self.valid_from = at

    @rule(roles=st.sets(st.sampled_from(Role)))
    def act_in_a_role(self, roles: set[Role]) -> None:
        def act(account: Account) -> tuple[AccountEvent, ...]:
            account.require(*roles)
            return ()

        self.decide(act, refused=Forbidden if roles and self.role not in roles else None)

    @rule(by_an_admin=st.booleans(), role=st.sampled_from(Role))
    def register_another(self, by_an_admin: bool, role: Role) -> None:
        decided = given(self.state).when(
            lambda account: Account.register(
                account_id=AccountId(UUID(int=3)),
                email=account.email,
                email_claim=account.email_claim,
                name=account.name,
                role=role,
                appointed=by_an_admin,
                at=self.now,
            )
        )
        if role is Role.ADMIN and not by_an_admin:
            decided.refused(Forbidden)
        else:
            assert decided.refusal is None

    @invariant()
    def the_account_is_what_was_said(self) -> None:
        account = self.state
        assert (account.name, account.promotions_opt_in) == (self.name, self.opted_in)
        assert (account.role, account.sessions_valid_from, account.created_at) == (self.role, self.valid_from, NOON)


TestAccountMachine = AccountMachine.TestCase
