"""Letters from templates, filled in with what holds and who it is for at the moment of sending."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from uuid import UUID

from jinja2 import Environment, FileSystemLoader, StrictUndefined, TemplateNotFound, UndefinedError, select_autoescape

from application.ports.mail import Letter, LetterRefused
from application.ports.security import Directory, Standing, Tokens, Vault
from application.processes.account_mails import PASSWORD_RESET, VERIFICATION
from domain.shared.identifiers import AccountId, ChallengeId

TEMPLATES = Path(__file__).with_name("templates")


class TemplateLetters:
    """`<template>.txt`, its first line the subject, and `<template>.html`: the references by name, and for mailed
    tokens `token`. In HTML everything is escaped."""

    def __init__(self, *, directory: Directory, vault: Vault, tokens: Tokens, templates: Path = TEMPLATES) -> None:
        self._directory = directory
        self._vault = vault
        self._tokens = tokens
        self._templates = Environment(
            loader=FileSystemLoader(templates),
            autoescape=select_autoescape(("html",)),
            undefined=StrictUndefined,
            keep_trailing_newline=True,
            auto_reload=False,
        )

    async def compose(
        self, *, letter_id: UUID, template: str, account: AccountId, references: Mapping[str, str], at: datetime
    ) -> Letter | None:
        standing = (await self._directory.standings((account,))).get(account)
        if standing is None or _is_void(template, references, standing):
            return None
        email, name = await self._vault.open_all((standing.email, standing.name))
        if email is None:
            return None
        facts = {**references, "name": name if standing.email_verified else None}
        if (challenge := _challenge(template, standing)) is not None:
            facts["token"] = self._tokens.mailed_token(challenge)
        subject, _, text = self._rendered(f"{template}.txt", facts).partition("\n")
        html = self._rendered(f"{template}.html", facts)
        return Letter(
            id=letter_id,
            account=account,
            address=email,
            name=facts["name"],
            subject=subject.strip(),
            text=text.lstrip("\n"),
            html=html,
            at=at,
        )

    def _rendered(self, file: str, facts: Mapping[str, str | None]) -> str:
        try:
            return self._templates.get_template(file).render(facts)
        except TemplateNotFound:
            raise LetterRefused(f"there is no template {file}") from None
        except UndefinedError as error:
            raise LetterRefused(f"{file} takes more than it was given: {error.message}") from None


def _challenge(template: str, standing: Standing) -> ChallengeId | None:
    return {VERIFICATION: standing.verification, PASSWORD_RESET: standing.password_reset}.get(template)


def _is_void(template: str, references: Mapping[str, str], standing: Standing) -> bool:
    """A token that was replaced or used meanwhile is not worth a letter."""
    if template not in {VERIFICATION, PASSWORD_RESET}:
        return False
    return references.get("challenge_id") != str(_challenge(template, standing))
