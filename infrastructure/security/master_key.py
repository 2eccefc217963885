"""Whether the master key is the one that the database's personal data was sealed under."""

import hmac

import psycopg

from infrastructure.postgres.connect import bounded
from infrastructure.security.keys import derive_key

_MEET = "INSERT INTO till.setting (name, value) VALUES ('master-key', %s) ON CONFLICT (name) DO NOTHING"
_KNOWN = "SELECT value FROM till.setting WHERE name = 'master-key'"


class MasterKeyUnknown(Exception):
    """Under another key personal data could not be opened, and an email address could register twice."""

    def __init__(self) -> None:
        super().__init__("PII_MASTER_KEY is not the key that this database was begun with; give it that one")


def require_known(conninfo: str, master_key: bytes) -> None:
    """The first key that comes is the database's for good; what is kept of it opens nothing.

    Raises MasterKeyUnknown.
    """
    mark = derive_key(master_key, "recognition").hex()
    bounds = bounded(conninfo, application_name="till master key")
    with psycopg.connect(bounds, autocommit=True) as connection:
        connection.execute(_MEET, (mark,))
        row = connection.execute(_KNOWN).fetchone()
    if row is None or not hmac.compare_digest(row[0], mark):
        raise MasterKeyUnknown
