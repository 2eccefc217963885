"""What due commands reach beside the log: the payment provider, the read models, mail and messages."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from application.effects.effect import Outside
from application.ports.clock import Clock
from infrastructure.bootstrap import providers
from infrastructure.bootstrap.vaults import open_vault
from infrastructure.bootstrap.writing import partitions
from infrastructure.category_products import PostgresCategoryProducts
from infrastructure.eventstore.registry import event_codec
from infrastructure.mail.choosing import mailer
from infrastructure.mail.composing import TemplateLetters
from infrastructure.mail.console import ConsoleTexts
from infrastructure.open_orders import PostgresOpenOrders
from infrastructure.postgres.pools import Pool
from infrastructure.reports.figures import PostgresFigures
from infrastructure.reports.files import PostgresReportFiles
from infrastructure.security.directory import PostgresDirectory
from infrastructure.security.tokens import JwtTokens
from infrastructure.settings import Settings


@asynccontextmanager
async def outside(
    settings: Settings, conninfo: str, *, pool: Pool, clock: Clock, process: str
) -> AsyncIterator[Outside]:
    """For one executor."""
    secret = settings.pii_master_key
    per_family = await partitions(conninfo)
    directory = PostgresDirectory(pool=pool, codec=event_codec(), clock=clock, partitions=per_family)
    tokens = JwtTokens(secret=settings.jwt_secret.encode(), master_key=secret, clock=clock)
    async with open_vault(conninfo, master_key=secret, pool=pool, clock=clock, process=process) as vault:
        yield Outside(
            gateway=providers.gateway(settings, pool),
            open_orders=PostgresOpenOrders(pool),
            category_products=PostgresCategoryProducts(pool),
            letters=TemplateLetters(directory=directory, vault=vault, tokens=tokens),
            mailer=mailer(settings.smtp_url, sender=settings.mail_from, home=settings.till_home),
            texts=ConsoleTexts(directory=directory, tokens=tokens),
            figures=PostgresFigures(pool, currency=settings.store_currency),
            report_files=PostgresReportFiles(pool),
        )
