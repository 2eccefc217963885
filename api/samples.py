"""Examples of answers: what the type says, under what the route says of it."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from msgspec import inspect as types

ID: Final = "6f1a5d0e-55cc-5b8e-9f53-0c8d6f1b2a10"
MOMENT: Final = "2026-11-21T12:00:00Z"
AMOUNT: Final = Decimal("875.00")
WORDS: Final[Mapping[str, Any]] = {
    "actor": "account:b6a7c1de-9a0b-5e2f-8f3e-4f9f8a1d2c3b",
    "available": 37,
    "attempt": 1,
    "children": [],  # a tree ends somewhere
    "cancelReason": None,
    "cancelledBy": None,
    "clientSecret": None,
    "code": "MONSOON10",
    "command": "PlaceOrder",
    "couponCode": None,
    "currency": "INR",
    "description": "1.5 l, polished by hand.",
    "discount": Decimal("0.00"),
    "discountAmount": Decimal("0.00"),
    "discountApplied": Decimal("0.00"),
    "effectivePrice": AMOUNT,
    "email": "ada@example.com",
    "isActive": True,
    "limit": 20,
    "message": "Paid.",
    "method": "UPI",
    "name": "Brass kettle",
    "nextAction": None,
    "nextCursor": None,
    "onHand": 40,
    "orderNumber": "T-7Q2K-9M4X",
    "orderStatus": "processing",
    "phone": "+919812345678",
    "quantity": 2,
    "reason": "Ordered twice.",
    "refundDate": None,
    "reserved": 3,
    "sku": "KT-875",
    "status": "processing",
    "tax": Decimal("157.50"),
    "threshold": 5,
    "transactionId": "txn_42",
    "type": "ordering.order-placed",
    "url": "/images/6f1a5d0e.webp",
    "warning": None,
}
"""What fields of these names look like, where their type allows it."""
_SCALARS: Final[Mapping[type[Any], Any]] = {
    types.UUIDType: ID,
    types.DateTimeType: MOMENT,
    types.DateType: MOMENT[:10],
    types.DecimalType: AMOUNT,
    types.FloatType: AMOUNT,
    types.IntType: 1,
    types.BoolType: False,
    types.StrType: "text",
    types.NoneType: None,
    types.AnyType: "anything",
}


def sample(kind: type[Any], said: object = None) -> Any:
    """A whole answer of this type, as JSON would hold it; `said` may be a part of it, and stands over the rest."""
    return exact(over(_of(types.type_info(kind), ""), said))


def over(value: Any, said: object) -> Any:
    """What was said, put over a value; in lists, each element that was said over the first that there is."""
    if isinstance(value, dict) and isinstance(said, Mapping):
        return value | {name: over(value.get(name), each) for name, each in said.items()}
    if isinstance(value, list) and value and isinstance(said, list | tuple):
        return [over(value[0], each) for each in said]
    return value if said is None else said


def exact(value: Any) -> Any:
    """With amounts as they travel: an example's floats have two decimals."""
    if isinstance(value, float):
        return Decimal(f"{value:.2f}")
    if isinstance(value, Mapping):
        return {name: exact(each) for name, each in value.items()}
    return [exact(each) for each in value] if isinstance(value, list | tuple) else value


def _of(kind: types.Type, name: str) -> Any:
    match kind:
        case types.StructType(fields=fields):
            return {each.encode_name: _of(each.type, each.encode_name) for each in fields}
        case types.UnionType(types=arms):
            return _optional(arms, name)
        case types.ListType(item_type=item) | types.VarTupleType(item_type=item):
            return [] if WORDS.get(name) == [] else [_of(item, name)]
        case types.TupleType(item_types=items):
            return [_of(item, name) for item in items]
        case types.DictType():
            return {}
        case types.EnumType(cls=members):
            return next(iter(members)).value
        case types.LiteralType(values=values):
            return values[0]
        case _:
            return _scalar(kind, name)


def _optional(arms: tuple[types.Type, ...], name: str) -> Any:
    """What there is rather than nothing, unless nothing is the usual."""
    if name in WORDS and WORDS[name] is None:
        return None
    return _of(next(arm for arm in arms if not isinstance(arm, types.NoneType)), name)


def _scalar(kind: types.Type, name: str) -> Any:
    usual, known = _SCALARS[type(kind)], WORDS.get(name)
    return known if type(known) is type(usual) and usual not in {ID, MOMENT} else usual
