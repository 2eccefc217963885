"""Requests about people: accounts, their sessions, addresses, and those who look after them."""

from collections.abc import Mapping

from tests.support.caller import PASSWORD
from tests.support.stage import Asked, Stage, Story


def _credentials(stage: Stage) -> Mapping[str, str]:
    email, _ = stage.stranger()
    return {"email": email, "password": PASSWORD}


def _own(body: object = None) -> Story:
    """A customer on their own record."""

    def story(stage: Stage) -> Asked:
        caller = stage.newcomer()
        return Asked(by=caller, ids=(stage.id_of(caller),), body=body)

    return story


def _own_email(stage: Stage) -> Asked:
    caller = stage.newcomer()
    return Asked(by=caller, ids=(stage.id_of(caller),), body={"email": stage.email()})


def _stranger(body: object = None) -> Story:
    return lambda stage: Asked(by=stage.admin, ids=(stage.stranger()[1],), body=body)


def _verified(stage: Stage) -> Asked:
    email, _ = stage.stranger()
    stage.nobody.post("/auth/resend-verification", {"email": email}).expect(202)
    return Asked(by=stage.nobody, body={"token": stage.mailed_token("verification")})


def _reset(stage: Stage) -> Asked:
    email, _ = stage.stranger()
    stage.nobody.post("/auth/forgot-password", {"email": email}).expect(202)
    return Asked(by=stage.nobody, body={"token": stage.mailed_token("password-reset"), "password": "battery staple"})


def _reading_a_promotion(stage: Stage) -> Asked:
    return Asked(by=stage.nobody, query=f"token={stage.unsubscribe_token()}")


def _proven(stage: Stage) -> Asked:
    caller = stage.newcomer()
    caller.post("/users/me/phone", {"phone": "+919812345678"}).expect(200)
    return Asked(by=caller, body={"otp": stage.one_time_password()})


def _address(body: object = None) -> Story:
    """About one in the caller's address book."""

    def story(stage: Stage) -> Asked:
        kept = stage.buyer.post("/users/me/addresses", {"line1": "12 MG Road", "city": "Pune"}).expect(201)
        return Asked(by=stage.buyer, ids=(kept["id"],), body=body)

    return story


def _edited(stage: Stage) -> Asked:
    email, account = stage.stranger()
    return Asked(by=stage.admin, ids=(account,), body={"email": email, "name": "Grace Hopper", "role": "seller"})


def _issued(stage: Stage) -> Asked:
    key = stage.admin.post("/admin/api-keys", {"name": "Nightly export"}).expect(201)
    return Asked(by=stage.admin, ids=(key["id"],))


def _produced(stage: Stage) -> Asked:
    return Asked(by=stage.admin, ids=(stage.report(),))


def _given_up(stage: Stage) -> Asked:
    return Asked(by=stage.admin, ids=(stage.dead_job(),))


REPORT = {"kind": "sales", "from": "2026-11-01", "to": "2026-11-08", "format": "csv"}


STORIES: Mapping[str, Story] = {
    "DELETE /admin/api-keys/{}": _issued,
    "POST /admin/reports": lambda stage: Asked(by=stage.admin, body=REPORT, other={**REPORT, "kind": "users"}),
    "GET /admin/reports/{}": _produced,
    "GET /admin/reports/{}/file": _produced,
    "GET /admin/jobs/{}": _given_up,
    "POST /admin/jobs/{}/retry": _given_up,
    "DELETE /admin/jobs/{}": _given_up,
    "POST /admin/projections/{}/rebuild": lambda stage: Asked(by=stage.admin, ids=("carts",)),
    "POST /auth/register": lambda stage: Asked(
        by=stage.nobody, body={"email": stage.email(), "password": PASSWORD, "name": "Ada", "role": "buyer"}
    ),
    "POST /auth/login": lambda stage: Asked(by=stage.nobody, body=_credentials(stage)),
    "POST /auth/refresh": lambda stage: Asked(by=stage.nobody, body={"refreshToken": stage.refresh_token()}),
    "POST /auth/logout": lambda stage: Asked(by=stage.newcomer(), body={}),
    "POST /auth/logout-everywhere": lambda stage: Asked(by=stage.newcomer()),
    "GET /unsubscribe": _reading_a_promotion,
    "POST /unsubscribe": _reading_a_promotion,
    "POST /auth/verify-email": _verified,
    "POST /auth/reset-password": _reset,
    "POST /users/me/phone/verify": _proven,
    "PUT /users/me/addresses/{}": _address({"line1": "13 MG Road", "city": "Pune"}),
    "DELETE /users/me/addresses/{}": _address(),
    "DELETE /users/me": lambda stage: Asked(by=stage.newcomer()),
    "POST /users/me/password": lambda stage: Asked(
        by=stage.newcomer(), body={"currentPassword": PASSWORD, "newPassword": "battery staple"}
    ),
    "POST /users": lambda stage: Asked(
        by=stage.admin, body={"email": stage.email(), "password": PASSWORD, "name": "Grace", "role": "admin"}
    ),
    "GET /users/{}": _stranger(),
    "PUT /users/{}": _edited,
    "DELETE /users/{}": _stranger(),
    "GET /customers/{}": _own(),
    "PUT /customers/{}": _own({"name": "Ada Lovelace", "promotionsOptIn": True}),
    "PATCH /customers/{}/email": _own_email,
    "PATCH /customers/email/{}": _own_email,
    "PATCH /customers/{}/phone": _own({"phone": "+919812345678"}),
    "PATCH /customers/phone/{}": _own({"phone": "+919812345678"}),
    "DELETE /customers/{}": _own(),
}
