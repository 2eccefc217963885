"""The gateway of docker-compose.yml: its program with its own configuration, on ports of the test's own."""

import socket
import ssl
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.support.compose import EXAMPLE, ROOT, parsed, services
from tests.support.program import Running
from tests.support.system import answers, eventually, free_port

PROGRAM = Path(sys.executable).with_name("caddy")
CONFIGURATION = ROOT / "deploy/gateway/Caddyfile"


@dataclass(frozen=True)
class Gateway:
    https: str
    http: str
    authority: Path
    """Of its certificates: what a client has to trust."""
    process: Running


@contextmanager
def gateway(home: Path, *, api_port: int) -> Iterator[Gateway]:
    """Forwards to that port of this machine, for the length of the block."""
    http, https, health = free_port(), free_port(), free_port()
    environment = {
        **services(parsed(), EXAMPLE)["gateway"].environment,
        "API_HOST": "127.0.0.1",
        "API_PORT": str(api_port),
        "GATEWAY_HTTP_PORT": str(http),
        "GATEWAY_HTTPS_PORT": str(https),
        "GATEWAY_HEALTH_PORT": str(health),
        "XDG_DATA_HOME": str(home / "data"),
        "XDG_CONFIG_HOME": str(home / "config"),
    }
    command = (str(PROGRAM), "run", "--config", str(CONFIGURATION), "--adapter", "caddyfile")
    with Running("gateway", command, environment=environment, home=home) as process:
        authority = home / "data/caddy/pki/authorities/local/root.crt"
        try:
            eventually(
                "the gateway", lambda: answers(f"http://127.0.0.1:{health}/health") and _ends_tls(https, authority)
            )
        except AssertionError as late:
            raise AssertionError(f"{late}\n{process.last_lines()}") from None
        yield Gateway(f"https://localhost:{https}", f"http://localhost:{http}", authority, process)


def _ends_tls(port: int, authority: Path) -> bool:
    """Certificates are made after the start."""
    try:
        context = ssl.create_default_context(cafile=authority)
        with socket.create_connection(("127.0.0.1", port), timeout=5) as plain:
            context.wrap_socket(plain, server_hostname="localhost").close()
    except OSError:
        return False
    return True
