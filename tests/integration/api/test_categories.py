"""The tree of categories over HTTP."""

from typing import Any

from tests.support.web import Web

ROOT = "/api/v1/categories"


async def add(shop: Web, by: str, name: str, **fields: Any) -> str:
    answer = await shop.send("POST", ROOT, {"name": name, **fields}, by=by)
    assert answer.status_code == 201, answer.text
    assert answer.headers["location"] == f"{ROOT}/{answer.json()['id']}"
    return str(answer.json()["id"])


async def test_an_admin_grows_a_tree_that_everybody_sees(shop: Web) -> None:
    admin = await shop.admin()
    kitchen = await add(shop, admin, "Kitchen", taxRate=12.5)
    kettles = await add(shop, admin, "Kettles", parentId=kitchen)
    await add(shop, admin, "Books")
    tree = (await shop.send("GET", ROOT)).json()
    assert (tree["total"], [each["name"] for each in tree["items"]]) == (3, ["Books", "Kitchen"])
    (below,) = tree["items"][1]["children"]
    assert (below["id"], below["parentId"], below["taxRate"], below["effectiveTaxRate"]) == (
        kettles,
        kitchen,
        None,
        12.5,
    )


async def test_a_category_is_renamed_and_moved_and_what_is_not_said_stays(shop: Web) -> None:
    admin = await shop.admin()
    kitchen, books = await add(shop, admin, "Kitchen"), await add(shop, admin, "Books")
    kettles = await add(shop, admin, "Kettles", parentId=kitchen, taxRate=5)
    renamed = await shop.send("PUT", f"{ROOT}/{kettles}", {"name": "Pots"}, by=admin)
    assert (renamed.json()["parentId"], renamed.json()["taxRate"]) == (kitchen, 5.0)
    moved = await shop.send("PUT", f"{ROOT}/{kettles}", {"parentId": books, "taxRate": None}, by=admin)
    assert (moved.json()["name"], moved.json()["parentId"], moved.json()["taxRate"]) == ("Pots", books, None)
    top = await shop.send("PUT", f"{ROOT}/{kettles}", {"parentId": None}, by=admin, If_Match=moved.headers["etag"])
    assert (top.status_code, top.json()["parentId"]) == (200, None)
    late = await shop.send("PUT", f"{ROOT}/{kettles}", {"name": "X"}, by=admin, If_Match=moved.headers["etag"])
    assert (late.status_code, late.json()["code"]) == (412, "version-mismatch")


async def test_what_would_spoil_the_tree_is_refused(shop: Web) -> None:
    admin = await shop.admin()
    kitchen = await add(shop, admin, "Kitchen")
    kettles = await add(shop, admin, "Kettles", parentId=kitchen)
    cases = [
        ("PUT", f"{ROOT}/{kitchen}", {"parentId": kettles}, 409, "category-inside-itself"),
        ("PUT", f"{ROOT}/{kitchen}", {"parentId": kitchen}, 409, "category-inside-itself"),
        ("POST", ROOT, {"name": "KITCHEN"}, 409, "category-name-taken"),
        ("POST", ROOT, {"name": "X", "parentId": "00000000-0000-0000-0000-000000000001"}, 422, "unknown-category"),
        ("POST", ROOT, {"name": "X", "taxRate": 101}, 422, "validation-failed"),
        ("PUT", f"{ROOT}/00000000-0000-0000-0000-000000000001", {"name": "X"}, 404, "not-found"),
    ]
    for method, path, body, status, code in cases:
        answer = await shop.send(method, path, body, by=admin)
        assert (answer.status_code, answer.json()["code"]) == (status, code), body
    assert (await shop.send("GET", ROOT)).json()["total"] == 2


async def test_only_admins_change_it(shop: Web) -> None:
    seller = await shop.login("seller")
    assert (await shop.send("POST", ROOT, {"name": "X"}, by=seller)).status_code == 403
    assert (await shop.send("POST", ROOT, {"name": "X"})).status_code == 401


async def test_products_stand_in_categories_and_are_listed_with_all_below(shop: Web) -> None:
    admin, seller = await shop.admin(), await shop.login("seller")
    kitchen, books = await add(shop, admin, "Kitchen"), await add(shop, admin, "Books")
    kettles = await add(shop, admin, "Kettles", parentId=kitchen)
    kettle = await shop.product(seller, category=kettles)
    novel = await shop.product(seller, name="Novel", category=books)
    shown = await shop.send("GET", f"/api/v1/products/{kettle}")
    assert shown.json()["category"] == {"id": kettles, "name": "Kettles"}
    for path in (f"{ROOT}/{kitchen}/products", f"/api/v1/products?category={kitchen}"):
        assert [each["id"] for each in (await shop.send("GET", path)).json()["items"]] == [kettle]
    moved = await shop.send("PATCH", f"/api/v1/products/{novel}", {"category": kitchen}, by=seller)
    assert moved.json()["category"] == {"id": kitchen, "name": "Kitchen"}
    assert (await shop.send("GET", f"{ROOT}/{kitchen}/products")).json()["total"] == 2
    assert (await shop.send("GET", f"{ROOT}/{books}/products")).json()["items"] == []
    gone = await shop.send("PATCH", f"/api/v1/products/{novel}", {"category": None}, by=seller)
    assert gone.json()["category"] is None


async def test_a_renamed_category_is_shown_by_its_new_name_at_once(shop: Web) -> None:
    admin, seller = await shop.admin(), await shop.login("seller")
    kitchen = await add(shop, admin, "Kitchen")
    kettle = await shop.product(seller, category=kitchen)
    paths = (f"/api/v1/products/{kettle}", "/api/v1/products")
    before = [await shop.send("GET", path) for path in paths]
    await shop.send("PUT", f"{ROOT}/{kitchen}", {"name": "Cuisine"}, by=admin)
    after = [await shop.send("GET", path) for path in paths]
    assert all(b'"name":"Cuisine"' in answer.content for answer in after)
    assert [answer.headers["etag"] for answer in before] != [answer.headers["etag"] for answer in after]
    assert b"Cuisine" in (await shop.http.get(paths[0])).content


async def test_a_product_names_a_category_that_is_there(shop: Web) -> None:
    seller, nowhere = await shop.login("seller"), "00000000-0000-0000-0000-000000000001"
    form = {"name": "Kettle", "price": 1, "category": nowhere}
    refused = await shop.send("POST", "/api/v1/products", form, by=seller)
    assert (refused.status_code, refused.json()["code"]) == (422, "unknown-category")
    assert (await shop.send("GET", f"{ROOT}/{nowhere}/products")).status_code == 404
    assert (await shop.send("GET", f"{ROOT}/{nowhere}/products?category={nowhere}")).status_code == 422
