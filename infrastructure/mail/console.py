"""Text messages as lines of the log, for want of anybody who would carry them."""

import structlog

from application.ports.security import Directory, Tokens
from domain.shared.identifiers import AccountId, ChallengeId

_log = structlog.get_logger(__name__)


class ConsoleTexts:
    """Names the account, never the number."""

    def __init__(self, *, directory: Directory, tokens: Tokens) -> None:
        self._directory = directory
        self._tokens = tokens

    async def send_one_time_password(self, *, account: AccountId, challenge: ChallengeId) -> None:
        standing = (await self._directory.standings((account,))).get(account)
        if standing is not None and standing.otp == challenge:
            otp = self._tokens.one_time_password(challenge)
            _log.info("one-time password", account=str(account), otp=otp)
