"""Requests about webhooks. Of what they choose nothing happens on the stage, so that nobody is sent anything."""

from collections.abc import Mapping

from tests.support.stage import Asked, Stage, Story

FORM = {"url": "https://erp.example/hooks", "events": ["promotions.coupon-deleted"], "description": "ERP"}


def _webhook(body: object = None) -> Story:
    """About a new one."""

    def story(stage: Stage) -> Asked:
        webhook = stage.admin.post("/webhooks", FORM).expect(201)
        return Asked(by=stage.admin, ids=(webhook["id"],), body=body)

    return story


STORIES: Mapping[str, Story] = {
    "POST /webhooks": lambda stage: Asked(by=stage.admin, body=FORM),
    "PATCH /webhooks/{}": _webhook({"description": "The old ERP", "isActive": False}),
    "DELETE /webhooks/{}": _webhook(),
    "GET /webhooks/{}/deliveries": _webhook(),
    "POST /webhooks/{}/replay": _webhook({"after": 0}),
}
