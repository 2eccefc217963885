"""Money that moved, as a provider's export has it and as the log has it."""

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from uuid import UUID

import psycopg

COLUMNS = ("kind", "key", "transaction", "amount", "currency")
"""Of the export: `charge` or `refund`, our key or refund id, the provider's own name, minor units, ISO 4217 code."""

_RECORDED = """
SELECT CASE type WHEN 'payments.refund-succeeded' THEN 'refund' ELSE 'charge' END,
       coalesce(data ->> 'refund_id', data ->> 'key'),
       data ->> 'transaction_id', (data -> 'amount' ->> 0)::bigint, data -> 'amount' ->> 1
  FROM till.event_log
 WHERE type IN ('payments.payment-succeeded', 'payments.surplus-received', 'payments.refund-succeeded')
   AND data ->> 'transaction_id' <> 'cash'
"""
_INTENDED = """
SELECT coalesce(data ->> 'refund_id', data ->> 'key') FROM till.event_log
 WHERE type IN ('payments.payment-attempted', 'payments.refund-requested')
"""
_BOOKS = """
SELECT 'charge', key, transaction_id, amount, currency FROM simulated_gateway.charge WHERE status = 'succeeded'
UNION ALL
SELECT 'refund', r.key, r.transaction_id, r.amount, c.currency
  FROM simulated_gateway.refund r JOIN simulated_gateway.charge c ON c.key = r.charge
ORDER BY 1, 2
"""


class Kind(StrEnum):
    CHARGE = "charge"
    REFUND = "refund"


@dataclass(frozen=True, slots=True)
class Movement:
    """Money that came, or went back; the amount is in minor units."""

    kind: Kind
    key: UUID
    transaction: str
    amount: int
    currency: str


class NotAnExport(Exception):
    """The file is not what a provider exports; says where."""


def exported(file: Path) -> Iterator[Movement]:
    """What the file has, in its order. Raises NotAnExport, OSError."""
    with file.open(encoding="utf-8-sig", newline="") as opened:
        reader = csv.DictReader(opened)
        if not set(COLUMNS) <= set(reader.fieldnames or ()):
            raise NotAnExport(f"the first line has to name the columns {', '.join(COLUMNS)}")
        try:
            for row in reader:
                yield _movement(*(row[name] for name in COLUMNS))
        except (ValueError, TypeError, AttributeError, csv.Error) as error:
            raise NotAnExport(f"line {reader.line_num}: {error}") from error


def recorded(conn: psycopg.Connection) -> list[Movement]:
    """What the log has, without cash."""
    return [_movement(*map(str, row)) for row in conn.execute(_RECORDED)]


def intended(conn: psycopg.Connection) -> frozenset[UUID]:
    """Keys of every attempt and refund that was ever asked for."""
    return frozenset(UUID(row[0]) for row in conn.execute(_INTENDED))


def books(conn: psycopg.Connection) -> list[Movement]:
    """What the simulated provider has taken and given back."""
    return [_movement(*map(str, row)) for row in conn.execute(_BOOKS)]


def export(movements: Iterable[Movement], file: Path) -> None:
    """As a provider would. Raises FileExistsError, OSError."""
    with file.open("x", encoding="utf-8", newline="") as opened:
        writer = csv.writer(opened)
        writer.writerow(COLUMNS)
        writer.writerows((each.kind, each.key, each.transaction, each.amount, each.currency) for each in movements)


def _movement(kind: str, key: str, transaction: str, amount: str, currency: str) -> Movement:
    """Raises ValueError."""
    return Movement(Kind(kind.strip()), UUID(key.strip()), transaction.strip(), int(amount), currency.strip().upper())
