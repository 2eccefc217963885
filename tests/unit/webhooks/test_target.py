"""Which addresses may be named as receivers."""

import pytest

from domain.webhooks.target import LONGEST, WebhookUrlRefused, require_target


@pytest.mark.parametrize(
    "url", ["https://erp.example", "https://erp.example:8443/hooks?token=a%20b", "https://[2001:db8::1]/"]
)
def test_https_to_a_host_is_taken(url: str) -> None:
    assert require_target(url, plain=False) == url


@pytest.mark.parametrize(
    "url",
    [
        "http://erp.example/", "ftp://erp.example/", "file:///etc/passwd", "//erp.example", "erp.example", "https://",
        "https:///hooks", "https://user:secret@erp.example/", "https://erp.example@evil.example/",
        "https://erp.example/#part", "https://erp.example/#", "https://erp.example:0/", "https://erp.example:99999/",
        "https://erp.example\\@evil.example/", "https://erp.example/a b", "https://erp.example/\n", "https://erp.exämple/",
        "https://[::1", "javascript:alert(1)", "https://erp.example/" + "x" * LONGEST,
    ],
)  # fmt: skip
def test_everything_else_is_refused(url: str) -> None:
    with pytest.raises(WebhookUrlRefused) as refused:
        require_target(url, plain=False)
    assert refused.value.violations[0].pointer == "/url"


def test_plain_http_is_for_development() -> None:
    assert require_target("http://127.0.0.1:9000/hooks", plain=True)
    with pytest.raises(WebhookUrlRefused):
        require_target("ftp://127.0.0.1/", plain=True)
