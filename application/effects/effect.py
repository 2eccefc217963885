"""What an effect is: a due command that is carried out outside the log, through ports.

Every effect may begin again after a crash at any point: nothing is done twice under one key, and what is submitted has
an identifier that follows from the due command and the step.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, TypeVar

from application.ports.category_products import CategoryProducts
from application.ports.commands import Command, Outcome, RefusalNote
from application.ports.gateway import PaymentGateway
from application.ports.mail import Letters, Mailer, Texts
from application.ports.open_orders import OpenOrders
from application.ports.reports import Figures, ReportFiles

C_contra = TypeVar("C_contra", bound=Command, contravariant=True)


class EffectRefused(Exception):
    """What the provider said was refused by a rule: trying again changes nothing, somebody has to look."""

    def __init__(self, refusal: RefusalNote) -> None:
        super().__init__(f"{refusal.code}: {refusal.detail}")
        self.refusal = refusal


class Submit(Protocol):
    async def __call__(self, command: Command, step: str) -> Outcome:
        """Send a command as the shop itself; its id is uuid5 of the due command's id and the step."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outside:
    """What there is beside the log. Only the live executor holds it, so that no replay reaches anybody."""

    gateway: PaymentGateway
    open_orders: OpenOrders
    category_products: CategoryProducts
    letters: Letters
    mailer: Mailer
    texts: Texts
    figures: Figures
    report_files: ReportFiles


@dataclass(frozen=True, slots=True, kw_only=True)
class EffectPorts(Outside):
    """All that an effect may touch."""

    submit: Submit
    now: datetime

    @classmethod
    def of(cls, outside: Outside, *, submit: Submit, now: datetime) -> "EffectPorts":
        return cls(
            gateway=outside.gateway,
            open_orders=outside.open_orders,
            category_products=outside.category_products,
            letters=outside.letters,
            mailer=outside.mailer,
            texts=outside.texts,
            figures=outside.figures,
            report_files=outside.report_files,
            submit=submit,
            now=now,
        )


class Effect(Protocol[C_contra]):
    """Carries one due command out. Raises GatewayUnavailable and the like where it is to be tried again, else see
    the effect."""

    async def __call__(self, command: C_contra, ports: EffectPorts, /) -> None: ...


def require_recorded(outcome: Outcome) -> None:
    """Raises EffectRefused."""
    if outcome.refusal is not None:
        raise EffectRefused(outcome.refusal)
