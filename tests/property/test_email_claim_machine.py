"""Random histories of the claim on one email address."""

from uuid import UUID

from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, rule

from domain.accounts.email_claim import EMAIL_CLAIMS, EmailClaim, EmailNotHeld, EmailTaken, claim_email
from domain.accounts.events import EmailClaimed, EmailClaimEvent, EmailReleased
from domain.shared.identifiers import AccountId, ClaimId
from tests.support.machines import AggregateMachine

CLAIM = ClaimId(UUID(int=1))
ACCOUNTS = st.sampled_from([AccountId(UUID(int=n)) for n in range(2, 5)])


class EmailClaimMachine(AggregateMachine[EmailClaim, EmailClaimEvent]):
    category = EMAIL_CLAIMS
    stream = CLAIM

    @initialize(account=ACCOUNTS)
    def first_claim(self, account: AccountId) -> None:
        self.begin(claim_email(None, claim_id=CLAIM, account_id=account))
        self.holder: AccountId | None = account

    @rule(account=ACCOUNTS)
    def claim(self, account: AccountId) -> None:
        refused = None if self.holder in {None, account} else EmailTaken
        then = () if self.holder == account else (EmailClaimed(claim_id=CLAIM, account_id=account),)
        self.decide(lambda claim: claim_email(claim, claim_id=CLAIM, account_id=account), refused=refused, then=then)
        self.holder = self.holder or account

    @rule(account=ACCOUNTS)
    def release(self, account: AccountId) -> None:
        refused = None if self.holder == account else EmailNotHeld
        self.decide(lambda claim: claim.release(account), refused=refused, then=(EmailReleased(account_id=account),))
        self.holder = self.holder if refused else None

    @invariant()
    def one_account_holds_it_or_none(self) -> None:
        assert self.state == EmailClaim(id=CLAIM, holder=self.holder)


TestEmailClaimMachine = EmailClaimMachine.TestCase
