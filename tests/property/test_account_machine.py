"""Random histories of one account."""

from datetime import timedelta
from uuid import UUID

from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, rule

from domain.accounts.account import ACCOUNTS, Account, AccountStatus
from domain.accounts.events import (
    AccountClosing,
    AccountDeleted,
    AccountEvent,
    AccountRenamed,
    AccountReopened,
    AllSessionsRevoked,
    EmailReplaced,
    PromotionsOptedIn,
    PromotionsOptedOut,
    Role,
    RoleGranted,
)
from domain.accounts.standing import AccountInClosing, ClosingOver, close, delete, grant, reopen, replace_email
from domain.shared.identifiers import AccountId, ClaimId
from domain.shared.refusal import Forbidden, NotFound, Refusal
from domain.shared.sealed import Sealed
from tests.support.given import given
from tests.support.machines import AggregateMachine
from tests.support.times import NOON

ACCOUNT = AccountId(UUID(int=1))
CLAIMS = st.sampled_from([ClaimId(UUID(int=2)), ClaimId(UUID(int=3))])
CLOSINGS = st.sampled_from([UUID(int=0xC1), UUID(int=0xC2)])
NAMES = st.sampled_from([Sealed(person=ACCOUNT, box=box) for box in ("one", "two")])


class AccountMachine(AggregateMachine[Account, AccountEvent]):
    category = ACCOUNTS
    stream = ACCOUNT

    @initialize(role=st.sampled_from(Role), name=NAMES)
    def register(self, role: Role, name: Sealed) -> None:
        self.role, self.name, self.opted_in, self.now, self.valid_from = role, name, False, NOON, NOON
        self.status, self.claim = AccountStatus.ACTIVE, ClaimId(UUID(int=2))
        self.closing: UUID | None = None
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

        forbidden = self.status is not AccountStatus.ACTIVE or (roles and self.role not in roles)
        self.decide(act, refused=Forbidden if forbidden else None)

    @property
    def shut(self) -> type[Refusal] | None:
        return {AccountStatus.DELETED: NotFound, AccountStatus.CLOSING: AccountInClosing}.get(self.status)

    @rule(role=st.sampled_from(Role))
    def grant(self, role: Role) -> None:
        then = () if role is self.role else (RoleGranted(role=role, at=self.now),)
        self.decide(lambda account: grant(account, role, at=self.now), refused=self.shut, then=then)
        self.role = role if self.shut is None else self.role

    @rule(claim=CLAIMS)
    def replace_email(self, claim: ClaimId) -> None:
        email = Sealed(person=ACCOUNT, box="other email")
        then = () if claim == self.claim else (EmailReplaced(email=email, email_claim=claim, at=self.now),)
        refused = self.shut
        self.decide(
            lambda account: replace_email(account, email, email_claim=claim, at=self.now), refused=refused, then=then
        )
        self.claim = claim if refused is None else self.claim

    @rule(closing=CLOSINGS)
    def close(self, closing: UUID) -> None:
        begun = AccountClosing(account_id=ACCOUNT, closing=closing, at=self.now)
        then = () if self.status is AccountStatus.CLOSING else (begun,)
        gone = self.status is AccountStatus.DELETED
        self.decide(
            lambda account: close(account, closing=closing, at=self.now), refused=NotFound if gone else None, then=then
        )
        if self.status is AccountStatus.ACTIVE:
            self.status, self.closing = AccountStatus.CLOSING, closing

    @rule(closing=CLOSINGS)
    def reopen(self, closing: UUID) -> None:
        then = (AccountReopened(account_id=ACCOUNT, closing=closing, at=self.now),)
        fits = self.status is AccountStatus.CLOSING and closing == self.closing
        refused = None if fits else ClosingOver
        self.decide(lambda account: reopen(account, closing=closing, at=self.now), refused=refused, then=then)
        if fits:
            self.status, self.closing = AccountStatus.ACTIVE, None

    @rule(closing=CLOSINGS)
    def delete(self, closing: UUID) -> None:
        then = (AccountDeleted(account_id=ACCOUNT, closing=closing, at=self.now),)
        fits = self.status is AccountStatus.CLOSING and closing == self.closing
        refused = None if fits else ClosingOver
        self.decide(lambda account: delete(account, closing=closing, at=self.now), refused=refused, then=then)
        if fits:
            self.status, self.valid_from = AccountStatus.DELETED, self.now

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
        assert (account.status, account.closing, account.email_claim) == (self.status, self.closing, self.claim)
        assert (account.role, account.sessions_valid_from, account.created_at) == (self.role, self.valid_from, NOON)


TestAccountMachine = AccountMachine.TestCase
