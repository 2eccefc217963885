"""How images are called in a store: by their identifiers alone, so that no name that somebody sent is ever a path."""

import re
from uuid import UUID

from application.ports.images import Form, ImageKey
from domain.shared.identifiers import ImageId

_NAME = re.compile(r"[0-9a-f]{2}/([0-9a-f]{32})\.(full|thumbnail)")


def name_of(key: ImageKey) -> str:
    """`3f/3f2a….full`, spread over 256 folders."""
    text = key.image.hex
    return f"{text[:2]}/{text}.{key.form}"


def key_of(name: str) -> ImageKey | None:
    """None for what no image is called."""
    match = _NAME.fullmatch(name)
    return ImageKey(ImageId(UUID(hex=match[1])), Form(match[2])) if match else None
