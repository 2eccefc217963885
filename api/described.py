"""The API in documents that are kept beside the code: OpenAPI, and the Postman collection made from it."""

from typing import Any

import msgspec

from api.answers import encode
from api.app import VERSION, api_routes
from api.collection import collection
from api.openapi import document


def openapi_text() -> str:
    """What `/openapi.json` gives, readable; of every context, whatever the settings say."""
    return _readable(document(api_routes(), version=VERSION))


def postman_text() -> str:
    """The collection, version 2.1."""
    return _readable(collection(document(api_routes(), version=VERSION)))


def _readable(value: dict[str, Any]) -> str:
    return msgspec.json.format(encode(value), indent=2).decode() + "\n"
