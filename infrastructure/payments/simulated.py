"""The simulated payment provider: does what the client's transaction id says, and keeps books like a real one."""

from uuid import UUID

from application.ports.gateway import Charge, ChargeStatus, GatewayUnavailable
from domain.shared.money import Money
from infrastructure.payments.behaviour import DECLINE_REASON, FAILURES, Behaviour, transaction_id_of
from infrastructure.payments.books import Books, close, locked

FAIL = "UPDATE simulated_gateway.charge SET failures = failures + 1 WHERE key = %s"
OUTCOMES = {Behaviour.DECLINE: (ChargeStatus.DECLINED, DECLINE_REASON)}


class SimulatedGateway(Books):
    """Takes and gives back no real money, and believes every client."""

    hands_over = False

    async def charge(self, *, key: UUID, amount: Money, reference: str | None, proof: str | None = None) -> Charge:  # noqa: ARG002 - nothing has to be proven
        behaviour = Behaviour.of(reference)
        async with self.opened() as connection:
            entry = await locked(connection, key, amount, transaction_id_of(key, reference))
            known = entry.final()
            if known is not None:
                return known
            failed = behaviour is Behaviour.FAIL_AT_FIRST and entry.failures < FAILURES
            if failed:
                await connection.execute(FAIL, (key,))
            else:
                status, reason = OUTCOMES.get(behaviour, (ChargeStatus.SUCCEEDED, None))
                known = await close(connection, key, status, amount, transaction_id_of(key, reference), reason)
        if known is None:
            raise GatewayUnavailable("the simulated provider is out of order; try again")
        if behaviour is Behaviour.TIME_OUT:
            raise GatewayUnavailable("the simulated provider's answer was lost")
        return known
