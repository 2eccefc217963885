"""Users and customers over HTTP: who sees them, how they are found, and what is changed of them."""

import asyncio
from uuid import UUID, uuid4

import pytest

from domain.shared.identifiers import AccountId
from tests.support.web import PASSWORD, Web

ME, USERS, CUSTOMERS = "/api/v1/users/me", "/api/v1/users", "/api/v1/customers"


async def registered(shop: Web, name: str, *, role: str = "buyer", email: str | None = None) -> str:
    form = {"email": email or f"{uuid4().hex}@example.com", "password": PASSWORD, "name": name, "role": role}
    return str((await shop.send("POST", "/api/v1/auth/register", form)).json()["id"])


async def names(shop: Web, admin: str, path: str) -> list[str]:
    answer = await shop.send("GET", path, by=admin)
    assert answer.status_code == 200, answer.text
    assert answer.json()["total"] == len(answer.json()["items"])
    return [each["name"] for each in answer.json()["items"]]


async def test_people_are_found_by_role_by_address_and_by_the_words_of_their_names(shop: Web) -> None:
    admin = await shop.admin()
    await registered(shop, "Zoë Okafor", email="Zoe.Okafor@Example.com")
    await registered(shop, "Okafor-Smith, Ann")
    await registered(shop, "Ben", role="seller")
    assert await names(shop, admin, USERS) == ["Ben", "Okafor-Smith, Ann", "Zoë Okafor", "Root"]
    assert await names(shop, admin, CUSTOMERS) == ["Okafor-Smith, Ann", "Zoë Okafor"]
    for query, found in {
        "role=seller": ["Ben"],
        "q=okafor": ["Okafor-Smith, Ann", "Zoë Okafor"],
        "q=OKAFOR%20zoe": ["Zoë Okafor"],
        "q=okaf": [],
        "q=zoe.okafor@EXAMPLE.com": ["Zoë Okafor"],
        "q=okafor@example.com": [],
        "q=@": [],
        "q=...": [],
        "q=ben&role=buyer": [],
    }.items():
        assert await names(shop, admin, f"{USERS}?{query}") == found, query


async def test_a_list_of_people_goes_on_behind_its_cursor(shop: Web) -> None:
    admin = await shop.admin()
    for number in range(3):
        await registered(shop, f"Person {number}")
    first = (await shop.send("GET", f"{USERS}?limit=3", by=admin)).json()
    rest = (await shop.send("GET", f"{USERS}?limit=3&cursor={first['nextCursor']}", by=admin)).json()
    assert [each["name"] for each in first["items"] + rest["items"]] == ["Person 2", "Person 1", "Person 0", "Root"]
    assert (first["total"], first["pages"], rest["nextCursor"]) == (4, 2, None)
    for query in ("cursor=xyz", "role=king", "colour=red", "q=", f"q={'a' * 300}"):
        assert (await shop.send("GET", f"{USERS}?{query}", by=admin)).status_code == 422, query


async def test_who_is_renamed_is_found_by_the_new_name_alone(shop: Web) -> None:
    admin, buyer = await shop.admin(), await shop.login()
    await shop.send("PATCH", ME, {"name": "Grace Hopper"}, by=buyer)
    assert await names(shop, admin, f"{USERS}?q=hopper") == ["Grace Hopper"]
    assert await names(shop, admin, f"{USERS}?q=ada") == []


async def test_lists_and_other_peoples_accounts_are_for_admins(shop: Web) -> None:
    buyer, seller, other = await shop.login(), await shop.login("seller"), await registered(shop, "Other")
    for by in (buyer, seller):
        for path in (USERS, CUSTOMERS, f"{USERS}/{other}"):
            assert (await shop.send("GET", path, by=by)).status_code == 403
        assert (await shop.send("POST", USERS, {}, by=by)).status_code == 403
        assert (await shop.send("PUT", f"{USERS}/{other}", {}, by=by)).status_code == 403
    assert (await shop.send("GET", USERS)).status_code == 401
    assert (await shop.send("GET", f"{CUSTOMERS}/{other}", by=buyer)).status_code == 404
    assert (await shop.send("PUT", f"{CUSTOMERS}/{other}", {"name": "Eve"}, by=buyer)).status_code == 404
    moved = await shop.send("PATCH", f"{CUSTOMERS}/{other}/email", {"email": "eve@example.com"}, by=buyer)
    assert moved.status_code == 404
    assert (await shop.send("DELETE", f"{CUSTOMERS}/{other}", by=buyer)).status_code == 404


async def test_an_admin_makes_admins_and_takes_the_role_away_at_once(shop: Web) -> None:
    admin, email = await shop.admin(), f"{uuid4().hex}@example.com"
    form = {"email": email, "password": PASSWORD, "name": "Grace", "role": "admin"}
    made = await shop.send("POST", USERS, form, by=admin)
    assert (made.status_code, made.json()["role"]) == (201, "admin")
    assert made.headers["location"] == f"{USERS}/{made.json()['id']}"
    assert (await shop.send("POST", USERS, form, by=admin)).json()["code"] == "email-taken"
    login = await shop.send("POST", "/api/v1/auth/login", {"email": email, "password": PASSWORD})
    grace = login.json()["accessToken"]
    assert (await shop.send("GET", USERS, by=grace)).status_code == 200
    put = {"email": email, "name": "Grace", "role": "buyer"}
    path = f"{USERS}/{made.json()['id']}"
    demoted = await shop.send("PUT", path, put, by=admin, If_Match=made.headers["etag"])
    assert (demoted.status_code, demoted.json()["role"]) == (200, "buyer")
    assert (await shop.send("GET", USERS, by=grace)).status_code == 403
    assert (await shop.send("PUT", path, put | {"role": "admin"}, by=grace)).status_code == 403
    assert (await shop.send("PUT", path, put, by=admin, If_Match=made.headers["etag"])).status_code == 412
    assert (await shop.send("PUT", path, {"name": "Grace"}, by=admin)).status_code == 422
    assert (await shop.send("PUT", f"{USERS}/{uuid4()}", put, by=admin)).status_code == 404


async def test_a_customer_changes_what_is_its_own(shop: Web) -> None:
    admin, buyer = await shop.admin(), await shop.login()
    me = (await shop.send("GET", ME, by=buyer)).json()
    path = f"{CUSTOMERS}/{me['id']}"
    for by, name in ((buyer, "Ada L."), (admin, "Ada Lovelace")):
        changed = await shop.send("PUT", path, {"name": name, "promotionsOptIn": True}, by=by)
        assert (changed.status_code, changed.json()["name"], changed.json()["promotionsOptIn"]) == (200, name, True)
        seen = await shop.send("GET", path, by=by)
        assert (seen.json()["name"], seen.json()["role"]) == (name, "buyer")
    assert (await shop.send("PUT", path, {"name": "Ada", "role": "admin"}, by=buyer)).status_code == 422
    seller = await registered(shop, "Ben", role="seller")
    assert (await shop.send("GET", f"{CUSTOMERS}/{seller}", by=admin)).status_code == 404
    assert (await shop.send("DELETE", path, by=buyer)).status_code == 204
    forgotten = (await shop.send("GET", path, by=admin)).json()
    assert (forgotten["status"], forgotten["name"], forgotten["email"]) == ("deleted", None, None)
    assert (await shop.send("PUT", path, {"name": "Eve"}, by=admin)).status_code == 404
    assert await names(shop, admin, CUSTOMERS) == []


@pytest.mark.parametrize("path", ["/api/v1/customers/{id}/email", "/api/v1/customers/email/{id}"])
async def test_an_address_is_given_up_for_another(shop: Web, path: str) -> None:
    old, new = f"{uuid4().hex}@example.com", f"{uuid4().hex}@example.com"
    buyer = await shop.login(email=old)
    me = (await shop.send("GET", ME, by=buyer)).json()
    path = path.format(id=me["id"])
    taken = f"{uuid4().hex}@example.com"
    await shop.login(email=taken)
    refused = await shop.send("PATCH", path, {"email": taken}, by=buyer)
    assert (refused.status_code, refused.json()["code"]) == (409, "email-taken")
    moved = await shop.send("PATCH", path, {"email": new}, by=buyer)
    assert (moved.status_code, moved.json()["email"], moved.json()["isEmailVerified"]) == (200, new, False)
    for email, status in ((old, 401), (new, 200)):
        login = await shop.send("POST", "/api/v1/auth/login", {"email": email, "password": PASSWORD})
        assert login.status_code == status
    await shop.login(email=old)
    back = await shop.send("PATCH", path, {"email": old}, by=buyer)
    assert back.json()["code"] == "email-taken"
    same = await shop.send("PATCH", path, {"email": new.upper()}, by=buyer)
    assert (same.status_code, same.json()["version"]) == (200, moved.json()["version"])


async def test_one_of_two_who_want_an_address_gets_it(shop: Web) -> None:
    email, buyers = f"{uuid4().hex}@example.com", [await shop.login() for _ in range(4)]
    ids = [(await shop.send("GET", ME, by=buyer)).json()["id"] for buyer in buyers]
    moves = (
        shop.send("PATCH", f"{CUSTOMERS}/{account}/email", {"email": email}, by=buyer)
        for account, buyer in zip(ids, buyers, strict=True)
    )
    answers = [answer.status_code for answer in await asyncio.gather(*moves)]
    assert sorted(answers) == [200, 409, 409, 409]


@pytest.mark.parametrize("path", ["/api/v1/customers/{id}/phone", "/api/v1/customers/phone/{id}"])
async def test_a_phone_number_is_given_and_unproven(shop: Web, path: str) -> None:
    admin, buyer = await shop.admin(), await shop.login()
    path = path.format(id=(await shop.send("GET", ME, by=buyer)).json()["id"])
    for by in (buyer, admin):
        given = await shop.send("PATCH", path, {"phone": "+91 98765 43210"}, by=by)
        assert (given.status_code, given.json()["phone"]) == (200, "+919876543210"), given.text
        assert given.json()["isPhoneVerified"] is False
    assert (await shop.send("PATCH", path, {"phone": "nobody"}, by=buyer)).status_code == 422
    assert (await shop.send("PATCH", path, {"phone": "+919876543210"}, by=await shop.login())).status_code == 404


async def test_another_address_is_proven_by_the_letter_that_goes_to_it(shop: Web) -> None:
    buyer, email = await shop.login(), f"{uuid4().hex}@example.com"
    me = (await shop.send("GET", ME, by=buyer)).json()
    await shop.send("PATCH", f"{CUSTOMERS}/{me['id']}/email", {"email": email}, by=buyer)
    account = AccountId(UUID(me["id"]))
    challenge = (await shop.services.directory.standings([account]))[account].verification
    assert challenge is not None
    form = {"token": shop.services.tokens.mailed_token(challenge)}
    assert (await shop.send("POST", "/api/v1/auth/verify-email", form)).status_code == 204
    assert (await shop.send("GET", ME, by=buyer)).json()["isEmailVerified"] is True
