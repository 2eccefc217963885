"""People come and go on a running shop: made, found, demoted, deleted and forgotten, in every process of it."""

from collections.abc import Iterator
from uuid import uuid4

import pytest

from tests.support.caller import PASSWORD, Caller, check_out, listed, newcomer
from tests.support.system import System, eventually

PROCESSES = 2


@pytest.fixture
def colleague(shop: System, admin: Caller) -> Iterator[Caller]:
    """An admin whom the demo's admin has made."""
    email = f"{uuid4().hex}@example.com"
    form = {"email": email, "password": PASSWORD, "name": "Grace Hopper", "role": "admin"}
    assert admin.post("/users", form).expect(201)["role"] == "admin"
    with Caller(shop.url) as caller:
        caller.log_in(email)
        yield caller


def everywhere(shop: System, path: str, by: Caller) -> list[dict[str, object]]:
    """The answers over some connections of their own, which the processes share."""
    answers = []
    for _ in range(4 * PROCESSES):
        with Caller(shop.url, by.token) as caller:
            answers.append(caller.get(path).expect(200))
    return answers


def test_who_is_deleted_is_forgotten_by_every_process(shop: System, seller: Caller, colleague: Caller) -> None:
    with newcomer(shop.url, name="Zoë Forget-Me") as buyer:
        account = buyer.get("/users/me").expect(200)["id"]
        order = check_out(buyer, listed(seller))
        found = colleague.get("/users?q=forget%20zoe").expect(200)["items"]
        assert [each["id"] for each in found] == [account]
        assert {each["name"] for each in everywhere(shop, f"/users/{account}", colleague)} == {"Zoë Forget-Me"}
        assert buyer.request("DELETE", "/users/me").code == "undelivered-orders"
        buyer.post(f"/orders/{order['orderId']}/cancel", {"reason": "No."}).expect(200)
        buyer.request("DELETE", "/users/me").expect(204)
        assert buyer.request("GET", "/users/me").status == 401
    shown = f"/users/{account}"
    eventually("nobody opens it", lambda: all(each["name"] is None for each in everywhere(shop, shown, colleague)))
    assert colleague.get("/users?q=forget%20zoe").expect(200)["total"] == 0
    total = colleague.get(f"/orders/{order['orderId']}").expect(200)["totalAmount"]
    assert total == order["payableAmount"]
    done = colleague.get(f"/admin/audit?actor={account}&command=accounts.close-account").expect(200)["items"]
    assert [each["outcome"] for each in done] == ["done", "done"]


def test_a_key_opens_every_process_until_it_is_revoked(shop: System, colleague: Caller) -> None:
    key = colleague.post("/admin/api-keys", {"name": "export"}).expect(201)

    def opened() -> set[int]:
        with Caller(shop.url) as program:
            return {program.get("/users", x_api_key=key["key"]).status for _ in range(2 * PROCESSES)}

    assert opened() == {200}
    colleague.request("DELETE", f"/admin/api-keys/{key['id']}").expect(204)
    assert opened() == {401}


def test_a_worker_rebuilds_what_an_admin_asks_for(colleague: Caller) -> None:
    asked = colleague.post("/admin/projections/wishlists/rebuild").expect(202)

    def done() -> bool:
        items = colleague.get("/admin/projections").expect(200)["items"]
        return any(each["rebuild"] and each["rebuild"]["status"] == "done" for each in items)

    assert asked["status"] == "requested"
    eventually("the rebuild", done, seconds=60)
