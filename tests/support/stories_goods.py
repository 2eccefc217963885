"""Requests about what there is to buy: products, stock, categories, coupons."""

from collections.abc import Mapping
from decimal import Decimal
from uuid import uuid4

from tests.support.pictures import picture
from tests.support.stage import Asked, Stage, Story


def _product(body: object = None) -> Story:
    """About a new one of the seller's."""
    return lambda stage: Asked(by=stage.seller, ids=(stage.product(),), body=body)


def _restored(stage: Stage) -> Asked:
    return Asked(by=stage.seller, ids=(stage.withdrawn(),))


def _category(body: object = None) -> Story:
    return lambda stage: Asked(by=stage.admin, ids=(stage.category(),), body=body)


def _terms() -> Mapping[str, object]:
    return {
        "code": uuid4().hex[:12],
        "discountPercentage": 10,
        "validFrom": "2020-01-01T00:00:00Z",
        "validTo": "2100-01-01T00:00:00Z",
        "usageLimit": 500,
    }


def _coupon(body: object = None) -> Story:
    """About a new one of the seller's."""

    def story(stage: Stage) -> Asked:
        code = stage.seller.post("/coupons", _terms()).expect(201)["code"]
        return Asked(by=stage.seller, ids=(code,), body=body)

    return story


FORM = {"content-type": "multipart/form-data; boundary=frontier"}
_UPLOAD = (
    b'--frontier\r\ncontent-disposition: form-data; name="images"; filename="a.jpg"\r\n'
    b"content-type: image/jpeg\r\n\r\n%s\r\n--frontier--\r\n"
)


def upload(*, side: int = 40) -> bytes:
    """A form with one picture in it, to be sent under FORM."""
    return _UPLOAD % picture((side, side))


def _pictured(stage: Stage) -> tuple[str, str]:
    """A product of the seller's, and its picture."""
    product = stage.product()
    shown = stage.seller.request("POST", f"/products/{product}/images", upload(), **FORM).expect(201)
    return product, shown["images"][0]["id"]


def _picture(stage: Stage) -> Asked:
    return Asked(by=stage.nobody, ids=(_pictured(stage)[1],))


def _reviewed(stage: Stage) -> Asked:
    return Asked(by=stage.reader(), ids=(stage.shelf,), body={"rating": 5, "text": "Whistles."}, personal=False)


def _own_review(stage: Stage) -> Asked:
    reader = stage.reader()
    review = reader.post(f"/products/{stage.shelf}/reviews", {"rating": 1}).expect(201)
    return Asked(by=reader, ids=(stage.shelf, review["id"]))


def _applied(stage: Stage) -> Asked:
    code = stage.seller.post("/coupons", _terms()).expect(201)["code"]
    stage.cart()
    stage.buyer.get("/cart").expect(200)
    return Asked(by=stage.buyer, query=f"code={code}")


WINDOW = {"start": "2100-01-01T00:00:00Z", "end": "2100-01-08T00:00:00Z", "percentage": 25}


def _on_sale(stage: Stage) -> Asked:
    product = stage.product()
    stage.seller.post(f"/products/{product}/sale", WINDOW).expect(201)
    return Asked(by=stage.seller, ids=(product,))


STORIES: Mapping[str, Story] = {
    "POST /products/{}/sale": _product(WINDOW),
    "DELETE /products/{}/sale": _on_sale,
    "GET /coupons/apply": _applied,
    "GET /products/{}": lambda stage: Asked(by=stage.nobody, ids=(stage.shelf,)),
    "GET /products/search": lambda stage: Asked(by=stage.nobody, query="q=kettle"),
    "PUT /products/{}": _product({"name": "Brass kettle", "price": Decimal("799.00"), "quantity": 40}),
    "PATCH /products/{}": _product({"price": Decimal("799.00"), "stockQuantity": 7}),
    "DELETE /products/{}": _product(),
    "POST /products/{}/restore": _restored,
    "PATCH /products/restore/{}": _restored,
    "POST /products/{}/stock": _product({"change": 20, "reason": "Delivery"}),
    "GET /products/{}/reviews": lambda stage: Asked(by=stage.nobody, ids=(stage.shelf,)),
    "POST /products/{}/reviews": _reviewed,
    "POST /products/{}/review": _reviewed,
    "DELETE /products/{}/reviews/{}": _own_review,
    "PUT /products/{}/stock/threshold": _product({"threshold": 5}),
    "POST /products/{}/images": lambda stage: Asked(
        by=stage.seller, ids=(stage.product(),), body=upload(), headers=FORM, other=upload(side=50)
    ),
    "DELETE /products/{}/images/{}": lambda stage: Asked(by=stage.seller, ids=_pictured(stage)),
    "GET //images/{}": _picture,
    "GET //images/{}/thumbnail": _picture,
    "POST /categories": lambda stage: Asked(by=stage.admin, body={"name": f"Kettles {uuid4().hex}"}),
    "PUT /categories/{}": lambda stage: Asked(
        by=stage.admin, ids=(stage.category(),), body={"name": f"Pans {uuid4().hex}"}
    ),
    "DELETE /categories/{}": _category(),
    "GET /categories/{}/products": lambda stage: Asked(by=stage.nobody, ids=(stage.category(),)),
    "POST /coupons": lambda stage: Asked(by=stage.seller, body=_terms()),
    "GET /coupons/{}": _coupon(),
    "PATCH /coupons/{}": _coupon({"isActive": False}),
    "DELETE /coupons/{}": _coupon(),
}
