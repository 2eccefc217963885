"""What protects browsers and what slows guessing, from outside."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from tests.support.openapi import KeptAsyncClient
from tests.support.web import PASSWORD, Web, web

PAGE = "https://shop.example"
PREFLIGHT = {"Origin": PAGE, "Access-Control-Request-Method": "PUT", "Access-Control-Request-Headers": "If-Match"}


@pytest.fixture
async def limited(database: str, tmp_path: Path) -> AsyncIterator[Web]:
    async with web(database, tmp_path, RATE_LIMITS="on", TRUSTED_PROXIES="10.0.0.0/8", CORS_ORIGINS=PAGE) as running:
        yield running


def from_(shop: Web, peer: str) -> httpx.AsyncClient:
    """Somebody at that address."""
    return KeptAsyncClient(transport=httpx.ASGITransport(shop.app, client=(peer, 4711)), base_url="http://shop")


async def test_every_answer_protects_the_browser(shop: Web) -> None:
    paths = ("/api/v1/products", "/api/v1/users/me", "/nothing", "/health/live", "/metrics", "/openapi.json", "/docs")
    for method in ("GET", "HEAD", "OPTIONS", "PURGE"):
        for path in paths:
            headers = (await shop.http.request(method, path)).headers
            assert headers["x-content-type-options"] == "nosniff"
            assert headers["x-frame-options"] == "DENY"
            assert headers["referrer-policy"] == "no-referrer"
            assert headers["cross-origin-resource-policy"] == "same-site"
            assert "camera=()" in headers["permissions-policy"]
            assert "frame-ancestors 'none'" in headers["content-security-policy"]
            assert "default-src 'none'" in headers["content-security-policy"]
            assert "server" not in headers
            assert "strict-transport-security" not in headers


async def test_tls_is_insisted_on_where_there_was_tls(limited: Web) -> None:
    over_tls = {"X-Forwarded-Proto": "https"}
    for peer, said in (("10.0.0.1", True), ("6.6.6.6", False)):
        async with from_(limited, peer) as client:
            assert ("strict-transport-security" in (await client.get("/health/live", headers=over_tls)).headers) == said
            plain = await client.get("/health/live", headers={"X-Forwarded-Proto": "https, http"})
            assert "strict-transport-security" not in plain.headers
            secure = await client.get("https://shop/health/live")
            assert secure.headers["strict-transport-security"] == "max-age=31536000"


async def test_a_preflight_lists_what_a_page_may_send(limited: Web) -> None:
    answer = await limited.http.options("/api/v1/cart/items/x", headers=PREFLIGHT)
    assert (answer.status_code, answer.headers["access-control-allow-origin"]) == (200, PAGE)
    assert "PUT" in answer.headers["access-control-allow-methods"]
    assert "origin" in answer.headers["vary"].lower()
    assert "access-control-allow-credentials" not in answer.headers
    for changed in (
        {"Origin": "https://shop.example.evil.example"},
        {"Origin": "null"},
        {"Origin": "http://shop.example"},
        {"Access-Control-Request-Method": "TRACE"},
        {"Access-Control-Request-Headers": "X-Evil"},
    ):
        assert (await limited.http.options("/api/v1/cart/items/x", headers=PREFLIGHT | changed)).status_code == 400


async def test_a_problem_can_be_read_by_the_page_that_caused_it(limited: Web) -> None:
    answer = await limited.http.get("/api/v1/cart", headers={"Origin": PAGE})
    assert (answer.status_code, answer.headers["access-control-allow-origin"]) == (401, PAGE)
    exposed = answer.headers["access-control-expose-headers"].lower()
    for name in ("etag", "location", "x-position", "x-request-id", "ratelimit-remaining", "retry-after", "link"):
        assert name in exposed


async def spent(client: httpx.AsyncClient, addresses: list[str]) -> list[int]:
    """How the last of a hundred and one requests fares that say they come from these."""
    statuses = [
        (await client.get("/api/v1/products", headers={"X-Forwarded-For": addresses[n % len(addresses)]})).status_code
        for n in range(101)
    ]
    return statuses[-1:]


async def test_what_a_client_says_of_its_address_does_not_count(limited: Web) -> None:
    async with from_(limited, "6.6.6.6") as client:
        assert await spent(client, [f"9.9.9.{n}" for n in range(100)]) == [429]
    async with from_(limited, "10.0.0.1") as proxy:
        assert await spent(proxy, [f"8.8.8.{n}, 7.7.7.7" for n in range(100)]) == [429]
        assert await spent(proxy, [f"5.5.5.{n}" for n in range(100)]) == [200]


async def test_a_whole_network_of_ipv6_is_one_client(limited: Web) -> None:
    async with from_(limited, "10.0.0.1") as proxy:
        assert await spent(proxy, [f"2001:db8::{n:x}" for n in range(100)]) == [429]
        assert await spent(proxy, [f"2001:db8:0:{n:x}::1" for n in range(1, 100)]) == [200]


async def test_a_token_that_is_not_ours_does_not_buy_more_requests(limited: Web) -> None:
    for n in range(100):
        await limited.http.get("/api/v1/products", headers={"Authorization": f"Bearer x{n}"})
    answer = await limited.http.get("/api/v1/products", headers={"Authorization": "Bearer y"})
    assert (answer.status_code, answer.headers["ratelimit-remaining"]) == (429, "0")
    assert int(answer.headers["retry-after"]) == int(answer.headers["ratelimit-reset"]) > 0
    assert answer.headers["ratelimit-policy"] == "100;w=900"


async def test_guesses_are_counted_per_target_and_per_address(limited: Web) -> None:
    form = {"email": "ada@example.com", "password": "wrong password"}
    async with from_(limited, "10.0.0.1") as proxy:

        async def guess(address: str, **changed: str) -> int:
            headers = {"X-Forwarded-For": address}
            return (await proxy.post("/api/v1/auth/login", json=form | changed, headers=headers)).status_code

        assert [await guess(f"4.4.4.{n}") for n in range(11)] == [401] * 10 + [429]
        assert await guess("4.4.5.1", email="ADA@EXAMPLE.COM") == 429
        assert await guess("4.4.5.1", email="grace@example.com") == 401
        spread = [await guess("4.4.6.1", email=f"{n}@example.com") for n in range(11)]
        assert spread == [401] * 10 + [429]


async def test_registering_and_forgotten_passwords_are_counted_too(limited: Web) -> None:
    async with from_(limited, "10.0.0.1") as proxy:
        for path, form, good in (
            ("register", {"email": "ada@example.com", "password": PASSWORD, "name": "Ada"}, {201, 409}),
            ("forgot-password", {"email": "ada@example.com"}, {202}),
            ("resend-verification", {"email": "ada@example.com"}, {202}),
        ):
            answers = [
                await proxy.post(f"/api/v1/auth/{path}", json=form, headers={"X-Forwarded-For": f"3.3.{n}.1"})
                for n in range(11)
            ]
            assert {each.status_code for each in answers[:10]} <= good
            assert answers[10].status_code == 429


async def test_who_refreshes_is_not_taken_for_one_who_guesses(limited: Web) -> None:
    """A refresh token cannot be guessed; behind one address many people refresh."""
    form = {"refreshToken": "x" * 64}
    answers = [await limited.http.post("/api/v1/auth/refresh", json=form) for _ in range(20)]
    assert {each.status_code for each in answers} == {401}
