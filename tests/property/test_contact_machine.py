"""Random histories of an account's proofs: tokens and one-time passwords presented late, twice, and wrong."""

from datetime import timedelta
from uuid import UUID

from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, rule

from domain.accounts.account import ACCOUNTS, Account
from domain.accounts.challenge import TokenNotValid
from domain.accounts.contact import OtpNotValid
from domain.accounts.events import (
    AccountEvent,
    EmailVerified,
    PasswordReplaced,
    PasswordReset,
    PasswordResetRequested,
    PhoneGiven,
    PhoneGuessMissed,
    PhoneVerified,
    Role,
    VerificationRequested,
)
from domain.accounts.password import PasswordSuperseded
from domain.shared.identifiers import AccountId, ChallengeId, ClaimId
from domain.shared.sealed import Sealed
from tests.support.machines import AggregateMachine
from tests.support.times import NOON

ACCOUNT, CLAIM, OTHER_CLAIM = AccountId(UUID(int=1)), ClaimId(UUID(int=2)), ClaimId(UUID(int=3))
NEVER = ChallengeId(UUID(int=0))
HOUR, DAY, TEN_MINUTES = timedelta(hours=1), timedelta(days=1), timedelta(minutes=10)
PAUSES = st.sampled_from([timedelta(0)] * 4 + [timedelta(minutes=9), TEN_MINUTES, HOUR, timedelta(hours=23), DAY])
CLAIMS = st.sampled_from([CLAIM, CLAIM, CLAIM, OTHER_CLAIM])
WHICH = st.integers(0, 3)
"""How many of its kind ago the presented challenge was made."""


class ContactMachine(AggregateMachine[Account, AccountEvent]):
    category = ACCOUNTS
    stream = ACCOUNT

    @initialize()
    def register(self) -> None:
        self.now, self.numbered = NOON, 0
        self.verifications: list[tuple[ChallengeId, ClaimId]] = []
        self.resets: list[tuple[ChallengeId, ClaimId]] = []
        self.otps: list[ChallengeId] = []
        self.open: dict[str, object] = {}
        """When what is awaited of each kind was asked for; absent where nothing is."""
        self.verified: ClaimId | None = None
        self.missed = self.generation = 0
        self.phone_verified = False
        self.begin(
            Account.register(
                account_id=ACCOUNT,
                email=Sealed(person=ACCOUNT, box="email"),
                email_claim=CLAIM,
                name=Sealed(person=ACCOUNT, box="name"),
                role=Role.BUYER,
                appointed=False,
                at=NOON,
            )
        )

    def challenge(self) -> ChallengeId:
        self.numbered += 1
        return ChallengeId(UUID(int=100 + self.numbered))

    def awaited(self, kind: str, life: timedelta) -> bool:
        asked = self.open.get(kind)
        return asked is not None and self.now < asked + life  # type: ignore[operator]

    @rule(pause=PAUSES)
    def time_passes(self, pause: timedelta) -> None:
        self.now += pause

    @rule(claim=CLAIMS)
    def ask_verification(self, claim: ClaimId) -> None:
        challenge, now = self.challenge(), self.now
        then = VerificationRequested(
            account_id=ACCOUNT, challenge_id=challenge, email_claim=claim, expires_at=now + DAY, at=now
        )
        self.decide(
            lambda account: account.contact.ask_verification(ACCOUNT, claim, challenge_id=challenge, at=now),
            refused=None,
            then=() if self.verified == claim else (then,),
        )
        if self.verified != claim:
            self.verifications.append((challenge, claim))
            self.open["verification"] = now

    @rule(which=WHICH, claim=CLAIMS)
    def verify_email(self, which: int, claim: ClaimId) -> None:
        presented, sent_to = self.verifications[-1 - which] if which < len(self.verifications) else (NEVER, CLAIM)
        good = which == 0 and sent_to == claim and presented != NEVER and self.awaited("verification", DAY)
        now = self.now
        self.decide(
            lambda account: account.contact.verify_email(claim, presented=presented, at=now),
            refused=None if good else TokenNotValid,
            then=(EmailVerified(email_claim=claim, at=now),),
        )
        if good:
            self.verified = claim
            del self.open["verification"]

    @rule(claim=CLAIMS)
    def forget_the_password(self, claim: ClaimId) -> None:
        challenge, now = self.challenge(), self.now
        then = PasswordResetRequested(
            account_id=ACCOUNT, challenge_id=challenge, email_claim=claim, expires_at=now + HOUR, at=now
        )
        self.decide(
            lambda account: account.password.ask_reset(ACCOUNT, claim, challenge_id=challenge, at=now),
            refused=None,
            then=(then,),
        )
        self.resets.append((challenge, claim))
        self.open["reset"] = now

    @rule(which=WHICH, claim=CLAIMS)
    def reset_the_password(self, which: int, claim: ClaimId) -> None:
        presented, sent_to = self.resets[-1 - which] if which < len(self.resets) else (NEVER, CLAIM)
        good = which == 0 and sent_to == claim and presented != NEVER and self.awaited("reset", HOUR)
        now = self.now
        self.decide(
            lambda account: account.password.reset_by(claim, presented=presented, at=now),
            refused=None if good else TokenNotValid,
            then=(PasswordReset(challenge_id=presented, at=now),),
        )
        if good:
            self.generation += 1
            del self.open["reset"]

    @rule(behind=st.sampled_from([0, 0, 1]))
    def replace_the_password(self, behind: int) -> None:
        checked, now = self.generation - behind, self.now
        self.decide(
            lambda account: account.password.replace(checked=checked, at=now),
            refused=PasswordSuperseded if behind else None,
            then=(PasswordReplaced(at=now),),
        )
        if not behind:
            self.generation += 1
            self.open.pop("reset", None)

    @rule()
    def give_a_phone(self) -> None:
        challenge, now, phone = self.challenge(), self.now, Sealed(person=ACCOUNT, box=str(self.numbered))
        then = PhoneGiven(account_id=ACCOUNT, challenge_id=challenge, phone=phone, expires_at=now + TEN_MINUTES, at=now)
        self.decide(
            lambda account: account.contact.give_phone(ACCOUNT, phone, challenge_id=challenge, at=now),
            refused=None,
            then=(then,),
        )
        self.otps.append(challenge)
        self.open["otp"], self.missed, self.phone_verified = now, 0, False

    @rule(which=WHICH, matches=st.sampled_from([False, False, False, True]))
    def guess(self, which: int, matches: bool) -> None:
        presented = self.otps[-1 - which] if which < len(self.otps) else NEVER
        good = which == 0 and presented != NEVER and self.awaited("otp", TEN_MINUTES) and self.missed < 5
        kind, now = PhoneVerified if matches else PhoneGuessMissed, self.now
        self.decide(
            lambda account: account.contact.verify_phone(presented=presented, matches=matches, at=now),
            refused=None if good else OtpNotValid,
            then=(kind(challenge_id=presented, at=now),),
        )
        if good and matches:
            self.phone_verified = True
            del self.open["otp"]
        elif good:
            self.missed += 1

    @invariant()
    def what_is_proven_was_proven(self) -> None:
        account = self.state
        assert (account.contact.verified, account.email_verified) == (self.verified, self.verified == CLAIM)
        assert (account.contact.phone_verified, account.password.generation) == (self.phone_verified, self.generation)


TestContactMachine = ContactMachine.TestCase
