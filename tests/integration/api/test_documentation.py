"""The page of the documentation."""

from tests.support.web import Web


async def test_the_documentation_needs_nothing_from_elsewhere(shop: Web) -> None:
    page = await shop.send("GET", "/docs")
    assert "https://" not in page.text
    assert "https:" not in page.headers["content-security-policy"]
    for asset, kind in [("swagger-ui-bundle.js", "text/javascript"), ("swagger-ui.css", "text/css")]:
        assert f"/docs/{asset}" in page.text
        answer = await shop.send("GET", f"/docs/{asset}")
        assert (answer.status_code, answer.headers["content-type"].split(";")[0]) == (200, kind)
    assert (await shop.send("GET", "/docs/settings.py")).status_code == 404
