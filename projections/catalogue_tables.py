"""Where products are read from: families of events have tables of their own, and queries join them."""

from typing import NamedTuple


class Tables(NamedTuple):
    """The schemas that are read."""

    catalogue: str
    stock: str
    categories: str
    reviews: str

    def into(self, statement: str) -> str:
        """The statement on these schemas."""
        return statement.format(**self._asdict())
