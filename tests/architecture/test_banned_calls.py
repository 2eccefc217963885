"""Domain and application read no clock, roll no dice and look at no environment: ruff says so."""

import subprocess
import sys

import pytest

from tests.architecture.source import ROOT

BREACHES = {
    "datetime.now": "from datetime import UTC, datetime\n\nNOW = datetime.now(UTC)\n",
    "datetime.utcnow": "from datetime import datetime\n\nNOW = datetime.utcnow()\n",
    "date.today": "import datetime\n\nTODAY = datetime.date.today()\n",
    "time.time": "import time\n\nNOW = time.time()\n",
    "uuid4": "from uuid import uuid4\n\nID = uuid4()\n",
    "uuid1": "import uuid\n\nID = uuid.uuid1()\n",
    "random": "import random\n\nDIE = random.randint(1, 6)\n",
    "secrets": "from secrets import token_hex\n\nTOKEN = token_hex()\n",
    "os.environ": "import os\n\nHOME = os.environ['HOME']\n",
    "os.getenv": "from os import getenv\n\nHOME = getenv('HOME')\n",
}


def rules_broken(path: str, text: str) -> str:
    command = [sys.executable, "-m", "ruff", "check", "--output-format=concise", f"--stdin-filename={path}", "-"]
    return subprocess.run(command, input=text, cwd=ROOT, capture_output=True, text=True, check=False, timeout=60).stdout


@pytest.mark.parametrize("package", ["domain", "application"])
@pytest.mark.parametrize("call", BREACHES)
def test_a_planted_call_is_caught(package: str, call: str) -> None:
    assert "TID251" in rules_broken(f"{package}/planted.py", f'"""Planted."""\n\n{BREACHES[call]}')


def test_the_outside_world_may_ask_for_the_time() -> None:
    assert "TID251" not in rules_broken("infrastructure/planted.py", f'"""Planted."""\n\n{BREACHES["datetime.now"]}')
