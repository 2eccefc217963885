"""A small supervised system of its own, run as `python -m tests.support.supervised FRONT BACK`; says what happens."""

import asyncio
import json
import os
import sys

from infrastructure.supervision.child import GaveUp, Happening, Patience, Program
from infrastructure.supervision.supervisor import Supervisor

QUICK = Patience(steady_after=10.0, first_delay=0.01, longest_delay=0.05, grace=2.0)

SCRIPTS = {
    "waits": "import signal; signal.pause()",
    "fails": "raise SystemExit(3)",
    "clings": "import os, signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); os.write(1, b'\"ready\"\\n')\n"
    "while True: signal.pause()",
    "follows": "import os, signal; from infrastructure.supervision.parent import leave_with; leave_with({parent});"
    "os.write(1, b'\"ready\"\\n'); signal.pause()",
}


def say(name: str, happening: Happening, *, pid: int, code: int | None) -> None:
    print(json.dumps([name, happening, pid, code]), flush=True)


def program(name: str) -> Program:
    """One with a question mark is not vital."""
    script = SCRIPTS[name.rstrip("?")].format(parent=os.getpid())
    return Program(name, (sys.executable, "-c", script), vital=not name.endswith("?"))


def main(front: str, back: str) -> None:
    supervisor = Supervisor(front=[program(front)], back=[program(back)], witness=say, patience=QUICK)
    try:
        asyncio.run(supervisor.run(stop_accepting=lambda: print('"closed"', flush=True)))
    except GaveUp as gave_up:
        sys.exit(str(gave_up))


if __name__ == "__main__":
    main(*sys.argv[1:])
