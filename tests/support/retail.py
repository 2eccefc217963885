"""Real orders to try things on; not part of the product."""

from pathlib import Path

import pytest

FILE = Path(__file__).parents[3] / "shared" / "data" / "online-retail-dec-2010.csv"

needs_the_file = pytest.mark.skipif(
    not FILE.is_file(), reason="the Online Retail file is not beside this checkout, in ../shared/data"
)
