"""A letter as RFC 5322 says it: the same bytes for the same letter."""

from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8
from email.utils import format_datetime

import idna

from application.ports.mail import Letter, LetterRefused
from infrastructure.security.emails import LOCAL

ASCII, INTERNATIONAL = SMTP.clone(cte_type="7bit"), SMTPUTF8.clone(cte_type="7bit")
"""Texts in characters that every relay takes; an international address needs servers that know such."""


def message_of(letter: Letter, *, sender: Address) -> EmailMessage:
    """Raises LetterRefused for what could not be a header, a line break in a name say."""
    try:
        recipient = _address(letter)
        message = EmailMessage(policy=ASCII if recipient.addr_spec.isascii() else INTERNATIONAL)
        message["Message-ID"] = f"<{letter.id}@{sender.domain}>"
        message["Date"] = format_datetime(letter.at)
        message["From"] = sender
        message["To"] = recipient
        message["Subject"] = letter.subject
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(letter.text)
        message.add_alternative(letter.html, subtype="html")
        message.set_boundary(f"={letter.id.hex}=")
    except (ValueError, idna.IDNAError) as error:
        raise LetterRefused(f"{letter.id} cannot be written: {type(error).__name__}") from None
    return message


def _address(letter: Letter) -> Address:
    """An international domain in ASCII; the part before it as it was given."""
    local, _, domain = letter.address.rpartition("@")
    if not LOCAL.fullmatch(local):
        raise ValueError("no address")
    ascii_domain = idna.encode(domain, uts46=True).decode()
    return Address(display_name=letter.name or "", username=local, domain=ascii_domain)
