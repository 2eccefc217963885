"""Becomes another program that ends with the process that asked for it: `PARENT PROGRAM ARGUMENT...`."""

import os
import signal
import sys

from infrastructure.supervision.parent import leave_with


def main(parent: str, *command: str) -> None:
    """SIGKILL, because a frozen broker would not see another signal; it recovers at its next start."""
    leave_with(int(parent), by=signal.SIGKILL)
    os.execv(command[0], command)  # noqa: S606 - our own command


if __name__ == "__main__":
    main(*sys.argv[1:])
