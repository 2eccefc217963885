"""What somebody does in the shop who says a lot of themselves, well and badly."""

from typing import Any
from uuid import UUID

from domain.shared.identifiers import AccountId
from tests.support.web import PASSWORD, Web

NAME, FORMER_NAME = "Zoë Ångström-Trace", "Zoë Vorher-Trace"
EMAIL, FORMER_EMAIL = "zoe.angstrom.trace@example.com", "zoe.vorher.trace@example.com"
PHONE = "+919876501234"
STREET = "12 Hidden Länge"
SAID = (NAME, FORMER_NAME, EMAIL, FORMER_EMAIL, PHONE, STREET, PASSWORD)
ADDRESS = {"name": NAME, "line1": STREET, "city": "Pune", "postalCode": "411001", "country": "IN"}
ME = "/api/v1/users/me"


class Life:
    """What Zoë does in the shop, well and badly."""

    def __init__(self, shop: Web) -> None:
        self.shop = shop

    async def begin(self) -> None:
        form = {"email": FORMER_EMAIL, "password": PASSWORD, "name": FORMER_NAME}
        self.id = (await self.send("POST", "/api/v1/auth/register", form)).json()["id"]
        await self.send("POST", "/api/v1/auth/register", form)  # once more: taken
        self.token = await self._logged_in(FORMER_EMAIL)
        await self.send("PATCH", f"/api/v1/customers/{self.id}/email", {"email": EMAIL})
        await self.send("PATCH", ME, {"name": NAME, "promotionsOptIn": True})
        await self.send("POST", f"{ME}/phone", {"phone": PHONE})
        kept = await self.send("POST", f"{ME}/addresses", {**ADDRESS, "phone": PHONE})
        assert kept.status_code == 201, kept.text

    async def buy(self) -> dict[str, Any]:
        product = await self.shop.product(await self.shop.login("seller"))
        form = {"items": [{"productId": product, "quantity": 1}], "shippingAddress": ADDRESS}
        return dict((await self.send("POST", "/api/v1/orders", form, Idempotency_Key=EMAIL)).json())

    async def err(self) -> None:
        """What is refused leaves no trace either."""
        await self.send("POST", "/api/v1/auth/login", {"email": EMAIL, "password": NAME})
        await self.send("POST", "/api/v1/orders", {"items": [], "shippingAddress": ADDRESS})
        await self.send("POST", f"{ME}/phone", {"phone": f"{PHONE}{STREET}"})
        await self.send("PATCH", ME, {"name": NAME, EMAIL: STREET})
        await self.send("GET", f"/api/v1/orders?{EMAIL}={NAME}")

    async def be_looked_for(self, admin: str) -> None:
        for query in (EMAIL, "angstrom-trace"):
            found = await self.shop.send("GET", f"/api/v1/users?q={query}", by=admin)
            assert [each["name"] for each in found.json()["items"]] == [NAME]

    async def send(self, method: str, path: str, form: object = None, **headers: str) -> Any:
        return await self.shop.send(method, path, form, by=getattr(self, "token", None), **headers)

    async def _logged_in(self, email: str) -> str:
        login = await self.send("POST", "/api/v1/auth/login", {"email": email, "password": PASSWORD})
        return str(login.json()["accessToken"])


async def verified(life: Life) -> None:
    """By the token that is mailed, so that further letters may say the name."""
    account = AccountId(UUID(life.id))
    await life.send("POST", "/api/v1/auth/resend-verification", {"email": EMAIL})
    standing = (await life.shop.services.directory.standings([account]))[account]
    assert standing.verification is not None
    token = life.shop.services.tokens.mailed_token(standing.verification)
    assert (await life.send("POST", "/api/v1/auth/verify-email", {"token": token})).status_code == 204
    await life.send("POST", "/api/v1/auth/forgot-password", {"email": EMAIL})
