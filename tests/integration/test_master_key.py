"""A database knows the key that its personal data was sealed under."""

import psycopg
import pytest

from infrastructure.security.master_key import MasterKeyUnknown, require_known

KEY, OTHER = b"k" * 32, b"o" * 32


def test_the_first_key_is_known_for_good_and_another_is_refused(database: str) -> None:
    require_known(database, KEY)
    require_known(database, KEY)
    with pytest.raises(MasterKeyUnknown, match="PII_MASTER_KEY"):
        require_known(database, OTHER)
    require_known(database, KEY)


def test_what_is_kept_of_the_key_is_not_the_key(database: str) -> None:
    require_known(database, KEY)
    with psycopg.connect(database) as connection:
        rows = connection.execute("SELECT value FROM till.setting WHERE name = 'master-key'").fetchall()
    assert len(rows) == 1
    assert KEY.hex() not in rows[0][0]
