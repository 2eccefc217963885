"""`till images`: pictures that no product has any more, or never had."""

import asyncio
from datetime import timedelta
from typing import Annotated

import typer
from psycopg import AsyncConnection

from application.ports.images import ImageKey
from infrastructure.cli.entry import OUT, program
from infrastructure.clock import SystemClock
from infrastructure.eventstore.registry import event_codec
from infrastructure.images.leftovers import leftovers
from infrastructure.images.place import image_store
from infrastructure.postgres.connect import bounded
from infrastructure.postgres.database import open_database
from infrastructure.setting_forms import duration
from infrastructure.settings import Settings

LEAST_AGE = timedelta(hours=1)
"""An upload is recorded within seconds; nothing that may still be under way is touched."""


def images(
    older_than: Annotated[str, typer.Option(help="Only files kept for so long, an hour at least.")] = "1d",
    remove: Annotated[bool, typer.Option("--remove", help="Throw them away instead of counting them.")] = False,
) -> None:
    """Count the stored pictures that no product names, or remove them."""
    age = _age(older_than)
    with program("images") as settings, open_database(settings) as conninfo:
        found = asyncio.run(_sweep(settings, conninfo, age, remove=remove))
    OUT.print(f"{len(found):,} files that no product names" + (", removed." if remove else "."))


def _age(text: str) -> timedelta:
    try:
        return max(duration(text), LEAST_AGE)
    except ValueError as error:
        raise typer.BadParameter(f"Expected {error}.") from None


async def _sweep(settings: Settings, conninfo: str, age: timedelta, *, remove: bool) -> list[ImageKey]:
    store = image_store(settings.image_store, settings.till_home)
    bounds = bounded(conninfo, application_name="till images")
    async with await AsyncConnection.connect(bounds, autocommit=True) as conn:
        found = await leftovers(store, conn, event_codec(), before=SystemClock().now() - age)
    for key in found if remove else ():
        await store.remove(key)
    await store.close()
    return found
