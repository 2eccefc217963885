"""Programs that are run once, to their end."""

import subprocess

from infrastructure.supervision.child import GaveUp, Program


def run_to_end(program: Program) -> None:
    """Raises GaveUp where it ends with anything but success."""
    code = subprocess.run(list(program.arguments), check=False, timeout=600).returncode  # noqa: S603 - our own command
    if code != 0:
        raise GaveUp(f"{program.name} ended with code {code}")
