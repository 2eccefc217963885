"""The gateway ends TLS, says truly who asks, and keeps what is the operators' to itself."""

import json
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest

from tests.support.gateway import Gateway, gateway


class Echo(BaseHTTPRequestHandler):
    """Says what it was sent."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        body = json.dumps({name.lower(): value for name, value in self.headers.items()}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_request(self, code: object = "-", size: object = "-") -> None:
        """Says nothing."""


@contextmanager
def echo() -> Iterator[int]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Echo) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server.server_port
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    with echo() as port, gateway(tmp_path_factory.mktemp("gateway"), api_port=port) as running:
        yield running


@pytest.fixture
def client(door: Gateway) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=door.https, verify=ssl.create_default_context(cafile=door.authority)) as client:
        yield client


def test_it_forwards_and_what_a_client_claims_about_its_address_is_dropped(client: httpx.Client) -> None:
    answer = client.get("/api/v1/products", headers={"X-Forwarded-For": "6.6.6.6", "X-Request-Id": "mine"})
    sent = answer.json()
    assert (sent["x-forwarded-for"], sent["x-forwarded-proto"], sent["x-request-id"]) == ("127.0.0.1", "https", "mine")
    assert answer.headers["strict-transport-security"] == "max-age=31536000"


@pytest.mark.parametrize("path", ["/metrics", "/metrics/", "/%6detrics"])
def test_metrics_stay_inside(client: httpx.Client, path: str) -> None:
    assert client.get(path).status_code == 404
    assert client.get("/health/ready").status_code == 200


def test_plain_http_is_sent_to_tls(door: Gateway) -> None:
    answer = httpx.get(f"{door.http}/cart", headers={"Host": "localhost"})
    assert answer.status_code == 308
    assert answer.headers["location"].startswith("https://localhost")


def test_it_says_so_when_no_api_is_there_and_ends_in_order(tmp_path: Path) -> None:
    with echo() as port, gateway(tmp_path, api_port=port) as door:
        context = ssl.create_default_context(cafile=door.authority)
        assert httpx.get(f"{door.https}/cart", verify=context).status_code == 200
    with gateway(tmp_path, api_port=port) as door:
        assert httpx.get(f"{door.https}/cart", verify=context, timeout=20).status_code in {502, 503}
        door.process.ask_to_stop()
        assert door.process.ended(seconds=15) == 0
