"""The port that shows webhooks, over the rows that those who send keep."""

from collections.abc import Sequence
from datetime import datetime

from application.ports.webhooks import DeliveryNote, WebhookStanding
from domain.shared.identifiers import WebhookId
from infrastructure.postgres.pools import Pool
from infrastructure.webhooks.secrets import WebhookSecrets
from projections import bulk

_COLUMNS = """
SELECT id, url, description, types, stopped, version, created_at, updated_at, after,
       least(failing_since, (SELECT min(since) FROM till.webhook_held h WHERE h.webhook_id = w.id)),
       coalesce(again_at, retry_at)
  FROM till.webhook w
"""
_PAGE = f"""
{_COLUMNS} WHERE %(at)s::timestamptz IS NULL OR (created_at, id) < (%(at)s::timestamptz, %(id)s::uuid)
 ORDER BY created_at DESC, id DESC LIMIT %(limit)s OFFSET %(offset)s
"""
_ONE = _COLUMNS + "WHERE id = %s"
_TOTAL = "SELECT count(*) FROM till.webhook"
_DELIVERIES = """
SELECT id, sequence, event_id, event_type, attempt, at, milliseconds, status, error FROM till.webhook_delivery
 WHERE webhook_id = %(webhook)s AND id < coalesce(%(before)s::bigint, 9223372036854775807)
 ORDER BY id DESC LIMIT %(limit)s
"""


class PostgresWebhooks:
    def __init__(self, pool: Pool, secrets: WebhookSecrets) -> None:
        self._pool = pool
        self._secrets = secrets

    async def page(
        self, *, limit: int, offset: int, after: tuple[datetime, WebhookId] | None
    ) -> tuple[Sequence[WebhookStanding], int]:
        at, webhook_id = after or (None, None)
        values = {"at": at, "id": webhook_id, "limit": limit + 1, "offset": 0 if after else offset}
        async with self._pool.connection() as conn:
            counted = await bulk.read(conn, _TOTAL)
            rows = await bulk.read(conn, _PAGE, values)
        return [_standing(*row) for row in rows], counted[0][0]

    async def one(self, webhook_id: WebhookId) -> WebhookStanding | None:
        async with self._pool.connection() as conn:
            rows = await bulk.read(conn, _ONE, (webhook_id,))
        return _standing(*rows[0]) if rows else None

    async def deliveries(self, webhook_id: WebhookId, *, before: int | None, limit: int) -> Sequence[DeliveryNote]:
        values = {"webhook": webhook_id, "before": before, "limit": limit + 1}
        async with self._pool.connection() as conn:
            rows = await bulk.read(conn, _DELIVERIES, values)
        names = DeliveryNote.__struct_fields__
        return [DeliveryNote(**dict(zip(names, row, strict=True))) for row in rows]

    def secret(self, webhook_id: WebhookId, generation: int) -> str:
        return self._secrets.of(webhook_id, generation)


def _standing(*row: object) -> WebhookStanding:
    return WebhookStanding(**dict(zip(WebhookStanding.__struct_fields__, row, strict=True)))  # type: ignore[arg-type]
