"""What providers say, in characters that may be kept."""

LONGEST = 300


def line(text: str) -> str:
    """One line without control characters or lone surrogates, cut where it is long."""
    return "".join(each for each in text if each.isprintable())[:LONGEST].strip()
