"""How hard the property tests try: `dev` is quick, `ci` is what must pass, `soak` is for a long evening."""

import os

from hypothesis import HealthCheck, settings

STORE_STEPS = 30
STORE_EXAMPLES = {"dev": 5, "ci": 100, "soak": 200}
SLOW = (HealthCheck.too_slow, HealthCheck.data_too_large)


def name() -> str:
    """The profile in force."""
    return os.environ.get("HYPOTHESIS_PROFILE", "dev")


def load() -> None:
    """Register the profiles and load the one that HYPOTHESIS_PROFILE names."""
    settings.register_profile("dev", max_examples=50, deadline=None, suppress_health_check=SLOW)
    settings.register_profile("ci", max_examples=1_000, deadline=None, print_blob=True, suppress_health_check=SLOW)
    settings.register_profile("soak", max_examples=2_000, deadline=None, print_blob=True, suppress_health_check=SLOW)
    settings.load_profile(name())


def on_the_real_store() -> settings:
    """For machines that run against PostgreSQL: histories of 30 steps, 100 of them in `ci`."""
    return settings(max_examples=STORE_EXAMPLES[name()], stateful_step_count=STORE_STEPS)
