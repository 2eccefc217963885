"""The shop's own supervisor, over the programs that a test names: `python -m tests.support.supervised_programs …`.

Its arguments are a file, which it tells what happens, a line of JSON each; and the programs' names and arguments.
"""

import asyncio
import json
import os
import signal
import sys
from pathlib import Path

from infrastructure.supervision.child import Happening, Program
from infrastructure.supervision.parent import leave_with
from infrastructure.supervision.supervisor import Supervisor
from tests.support.planted_till import PARENT


def main(parent: str, happenings: str, programs: str) -> None:
    leave_with(int(parent), by=signal.SIGKILL)
    os.environ[PARENT] = str(os.getpid())
    with Path(happenings).open("a") as told:

        def tell(name: str, happening: Happening, *, pid: int, code: int | None) -> None:
            print(json.dumps([name, happening, pid, code]), file=told, flush=True)

        back = [Program(name, arguments) for name, arguments in json.loads(programs)]
        asyncio.run(Supervisor(front=[], back=back, witness=tell).run(stop_accepting=lambda: None))


if __name__ == "__main__":
    main(*sys.argv[1:])
