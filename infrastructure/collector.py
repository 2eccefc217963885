"""Python's cycle collector, set for processes that hold many long-lived immutable objects."""

import gc


def spare_long_lived_objects() -> None:
    """Call once everything is loaded: that is never looked at again, and what comes is looked at less often.

    Events and states form no cycles, so there is little to find; with the defaults a process with a full cache of
    states spent a fifth of each decision on looking.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)
