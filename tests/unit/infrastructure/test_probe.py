"""What a container is asked for its health with."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from infrastructure import probe


class Pages(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response({"/metrics": 200, "/moved": 301}.get(self.path, 503))
        self.end_headers()
        self.wfile.write(b'{"status": "unavailable"}')

    def log_request(self, code: object = "-", size: object = "-") -> None:
        """Says nothing."""


@contextmanager
def serving() -> Iterator[int]:
    with HTTPServer(("127.0.0.1", 0), Pages) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server.server_port
        finally:
            server.shutdown()
            thread.join()


def test_who_answers_200_is_healthy(capsys: pytest.CaptureFixture[str]) -> None:
    with serving() as port:
        assert probe.main([str(port)]) == probe.main([str(port), "/metrics"]) == 0
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("path", ["/health/ready", "/moved"])
def test_any_other_answer_is_told(path: str, capsys: pytest.CaptureFixture[str]) -> None:
    with serving() as port:
        assert probe.main([str(port), path]) == 1
    assert '{"status": "unavailable"}' in capsys.readouterr().err


def test_nobody_there_is_not_healthy(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        assert probe.main([str(taken.getsockname()[1])]) == 1
    assert "nothing answers" in capsys.readouterr().err


def test_who_takes_the_call_and_says_nothing_is_not_healthy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(probe, "SECONDS", 0.05)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        assert probe.main([str(silent.getsockname()[1])]) == 1
