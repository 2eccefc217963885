"""`till admin create`: the first admin, and whoever is to be one when no admin can log in."""

import asyncio
from typing import Annotated, NoReturn
from uuid import uuid4

import typer

from application.accounts.registration import RegisterAccount
from application.ports.commands import Envelope, Outcome
from application.ports.security import NotAnEmail
from domain.accounts.events import Role
from domain.shared.actor import Actor
from domain.shared.identifiers import AccountId
from infrastructure.bootstrap.writing import command_loop
from infrastructure.cli.entry import ERRORS, OUT, program
from infrastructure.clock import SystemClock
from infrastructure.postgres.database import open_database
from infrastructure.postgres.migrate import migrate
from infrastructure.postgres.pools import open_pool
from infrastructure.security.emails import HmacEmails
from infrastructure.security.master_key import require_known
from infrastructure.security.names import HmacNames
from infrastructure.security.passwords import Argon2Passwords
from infrastructure.security.vault import AesVault
from infrastructure.settings import Settings

admin = typer.Typer(help="Admins of the shop.", no_args_is_help=True)

SHORTEST, LONGEST = 8, 128
ACTOR = Actor.system("till admin")


@admin.callback()
def group() -> None:
    """Admins of the shop."""


@admin.command()
def create(
    email: Annotated[str, typer.Option(help="Whom to mail, and what to log in with.")],
    name: Annotated[str, typer.Option(help="The person's name.")],
    password: Annotated[
        str,
        typer.Option(help="Asked for where it is not given.", prompt=True, hide_input=True, confirmation_prompt=True),
    ],
) -> None:
    """Open the account of an admin."""
    if not SHORTEST <= len(password) <= LONGEST or not 1 <= len(name.strip()) <= 200:
        _fail(f"a password has {SHORTEST} to {LONGEST} characters, a name 1 to 200")
    with program("admin") as settings, open_database(settings) as conninfo:
        migrate(conninfo)
        require_known(conninfo, settings.pii_master_key)
        try:
            outcome = asyncio.run(_create(settings, conninfo, email, name.strip(), password))
        except NotAnEmail as error:
            _fail(str(error))
        if outcome.refusal is not None:
            _fail(outcome.refusal.detail)
        OUT.print(f"{email} is an admin and may log in.", markup=False)


async def _create(settings: Settings, conninfo: str, email: str, name: str, password: str) -> Outcome:
    key, clock, passwords = settings.pii_master_key, SystemClock(), Argon2Passwords()
    emails, account = HmacEmails(master_key=key), AccountId(uuid4())
    claim = emails.claim_of(emails.normalise(email))
    async with (
        open_pool(conninfo, process="admin", size=2) as pool,
        command_loop(settings, conninfo, clock=clock, process="admin") as bus,
    ):
        vault = AesVault(master_key=key, pool=pool, clock=clock)
        issued = vault.issue_key(account)
        command = RegisterAccount(
            account_id=account,
            email=vault.seal(person=account, key=issued.key, text=email.strip()),
            email_claim=claim,
            full_name=vault.seal(person=account, key=issued.key, text=name),
            role=Role.ADMIN,
            password_hash=await passwords.hash(password),
            person_key=issued.wrapped,
            name_words=HmacNames(master_key=key).words(name),
        )
        return await bus.submit(Envelope(id=uuid4(), command=command, actor=ACTOR, correlation_id=uuid4()))


def _fail(reason: str) -> NoReturn:
    ERRORS.print(f"till admin: {reason}", style="red", markup=False)
    raise typer.Exit(1)
