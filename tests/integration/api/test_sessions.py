"""The list of one's own sessions, over HTTP."""

from uuid import uuid4

from tests.support.web import PASSWORD, Web

PATH = "/api/v1/users/me/sessions"


async def test_sessions_are_listed_until_they_end(shop: Web) -> None:
    email = f"{uuid4().hex}@example.com"
    first = await shop.login(email=email)
    login = {"email": email, "password": PASSWORD}
    second = (await shop.send("POST", "/api/v1/auth/login", login, User_Agent="phone")).json()["accessToken"]
    items = (await shop.send("GET", PATH, by=second)).json()["items"]
    assert [each["current"] for each in items] == [True, False]
    assert len({each["client"] for each in items}) == 2
    assert (await shop.send("POST", "/api/v1/auth/logout", by=second)).status_code == 204
    page = (await shop.send("GET", PATH, by=first)).json()
    assert ([each["current"] for each in page["items"]], page["total"]) == ([True], 1)
    stranger = (await shop.send("GET", PATH, by=await shop.login())).json()
    assert {each["id"] for each in stranger["items"]}.isdisjoint(each["id"] for each in items)
