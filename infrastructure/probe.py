"""`python -m infrastructure.probe PORT [PATH]`: does this container's process answer 200? Imports next to nothing."""

import sys
from http.client import HTTPConnection, HTTPException

SECONDS = 3.0
DEFAULT_PATH = "/metrics"


def fault(port: int, path: str) -> str | None:
    """What is wrong with what answers there; None where nothing is."""
    connection = HTTPConnection("127.0.0.1", port, timeout=SECONDS)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        body = answer.read()
    except (OSError, HTTPException) as failure:
        return f"nothing answers on port {port}: {failure!r}"
    finally:
        connection.close()
    return None if answer.status == 200 else f"{path} answers {answer.status}: {body[:1000].decode(errors='replace')}"


def main(arguments: list[str]) -> int:
    """The exit code: 0 for healthy, 1 with a reason on stderr."""
    port, path = int(arguments[0]), arguments[1] if len(arguments) > 1 else DEFAULT_PATH
    found = fault(port, path)
    if found is not None:
        sys.stderr.write(f"{found}\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
