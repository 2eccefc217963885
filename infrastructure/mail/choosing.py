"""Mail goes over SMTP or into files."""

from email.headerregistry import Address
from pathlib import Path

from application.ports.mail import Mailer
from infrastructure.mail.outbox import OutboxMailer
from infrastructure.mail_server import MailServer

OUTBOX = "outbox"


def mailer(server: MailServer | None, *, sender: Address, home: Path) -> Mailer:
    """Over SMTP where a server was named, else files in the home folder."""
    outbox = OutboxMailer(home / OUTBOX, sender=sender)
    if server is None:
        return outbox
    from infrastructure.mail.smtp import SmtpMailer  # noqa: PLC0415 - the client is loaded where it is needed

    return SmtpMailer(server, sender=sender, outbox=outbox)
