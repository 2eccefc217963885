"""Commands that may be due, as a table: what carries each out, and what may be done about it by hand."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from application import reporting, sales
from application.effects.categories import FinishRemoval, finish_removal
from application.effects.closing import SettleClosing, settle_closing
from application.effects.effect import Effect
from application.effects.expiry import expire_when_settled
from application.effects.mail import (
    ForgetMail,
    SendMail,
    SendOneTimePassword,
    forget_mail,
    send_mail,
    send_one_time_password,
)
from application.effects.payments import (
    SendRefund,
    SettleAttempt,
    VoidAttempt,
    send_refund,
    settle_attempt,
    void_attempt,
)
from application.effects.reports import ProduceReport, expire_report_file, fail_report_for_good, produce_report
from application.ordering import cancelling, fulfilment
from application.ports.commands import Command
from domain.operations.job import Handling

FREE = Handling()
"""It may be brought forward, and withdrawn: then somebody is not written to, or a demo order stands still."""


class DueCommand(NamedTuple):
    """`effect` is None where the command loop decides it."""

    command: type[Command]
    effect: Effect[Any] | None
    handling: Handling


def _kept(because: str, *, punctual: bool = False) -> Handling:
    return Handling(kept_because=because, punctual=punctual)


_TABLE = (
    DueCommand(
        cancelling.ExpireOrder,
        expire_when_settled,
        _kept("Its stock and its coupon would stay taken for ever; cancel the order instead.", punctual=True),
    ),
    DueCommand(fulfilment.AdvanceByItself, None, FREE),
    DueCommand(SettleAttempt, settle_attempt, _kept("Nobody would learn whether money was taken.")),
    DueCommand(VoidAttempt, void_attempt, _kept("The provider could take money for an order that is over.")),
    DueCommand(SendRefund, send_refund, _kept("The money is owed, and stays owed until it is sent.")),
    DueCommand(SettleClosing, settle_closing, _kept("The account would neither be deleted nor open again.")),
    DueCommand(SendMail, send_mail, FREE),
    DueCommand(SendOneTimePassword, send_one_time_password, FREE),
    DueCommand(ForgetMail, forget_mail, _kept("Mail to somebody who was deleted would be kept.", punctual=True)),
    DueCommand(
        sales.StartSale, None, _kept("The log would never say that the sale began; cancel the sale.", punctual=True)
    ),
    DueCommand(
        sales.EndSale, None, _kept("The log would never say that the sale is over; cancel the sale.", punctual=True)
    ),
    DueCommand(FinishRemoval, finish_removal, _kept("The category would neither be removed nor open again.")),
    DueCommand(ProduceReport, produce_report, _kept("Whoever asked for the report would wait for it.")),
    DueCommand(
        reporting.FailReport,
        fail_report_for_good,
        _kept("A report that is never produced would be waited for.", punctual=True),
    ),
    DueCommand(reporting.ExpireReport, expire_report_file, _kept("The file would be kept for ever.", punctual=True)),
)

DUE_COMMANDS: tuple[type[Command], ...] = tuple(each.command for each in _TABLE)
EFFECTS: Mapping[type[Command], Effect[Any]] = {each.command: each.effect for each in _TABLE if each.effect is not None}
HANDLINGS: Mapping[str, Handling] = {each.command.name: each.handling for each in _TABLE}
"""By the commands' names."""
