"""How long adding to a cart takes as the cart grows."""

import statistics
from collections.abc import Sequence

from benchmarks.results import Results, Target
from benchmarks.web import Ammunition, fire

LINES = (1, 10, 100, 500)
ROUNDS = 3
NO_GROWTH = Target(1.2, at_most=True)


def measure(
    shop: str,
    tokens: Sequence[str],
    products: Sequence[str],
    results: Results,
    *,
    ammunition: Ammunition,
) -> None:
    """One buyer per size; adding what is there already keeps the size. By turns, so that a disturbance meets all."""
    carts = {
        lines: (ammunition.keep(f"buyer{lines}", [token]), ammunition.keep(f"goods{lines}", products[:lines]))
        for lines, token in zip(LINES, tokens, strict=False)
    }
    took: dict[int, list[float]] = {lines: [] for lines in LINES}
    for turn in range(ROUNDS + 1):
        for lines, files in carts.items():
            reading = fire(shop, "add", files, connections=1)
            if turn > 0:
                took[lines].append(reading.p50)
    for lines in LINES:
        compared = lines == max(LINES)
        results.add(
            f"add to a cart of {lines} line{'s' if lines > 1 else ''}, p50",
            statistics.median(took[lines]),
            "ms",
            ratio=statistics.median(ours / one for ours, one in zip(took[lines], took[1], strict=True)),
            ratio_to="add to a cart of 1 line, p50",
            target=NO_GROWTH if compared else None,
        )
