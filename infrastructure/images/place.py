"""Where images are kept, as IMAGE_STORE says."""

from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import msgspec

from application.ports.images import ImageStore
from infrastructure.images.folder import FolderImages

FOLDER = "images"


class Bucket(msgspec.Struct, frozen=True, kw_only=True):
    """`s3://bucket/prefix?endpoint=https://…&region=…`."""

    name: str
    prefix: str = ""
    endpoint: str | None = None
    region: str | None = None


Place = Path | Bucket


def image_place(value: str) -> Place:
    """A folder, or a bucket."""
    if not value.startswith("s3://"):
        return Path(value).expanduser().absolute()
    try:
        return _bucket(value)
    except ValueError:
        expected = "a folder, or s3://bucket, s3://bucket/prefix?endpoint=https://s3.example&region=eu-1"
        raise ValueError(expected) from None


def _bucket(value: str) -> Bucket:
    parts = urlsplit(value)
    options = dict(parse_qsl(parts.query, strict_parsing=True)) if parts.query else {}
    endpoint = urlsplit(options.get("endpoint", "https://s3"))
    if not parts.hostname or parts.netloc != parts.hostname or options.keys() - {"endpoint", "region"}:
        raise ValueError(value)
    if endpoint.scheme not in {"http", "https"} or not endpoint.hostname:
        raise ValueError(value)
    prefix = parts.path.strip("/")
    return Bucket(name=parts.netloc, prefix=f"{prefix}/" if prefix else "", **options)


def image_store(place: Place | None, home: Path) -> ImageStore:
    """The store; in the home folder where none was named."""
    if isinstance(place, Bucket):
        from infrastructure.images.s3 import S3Images  # noqa: PLC0415 - the client is large, and few shops need it

        return S3Images(bucket=place.name, endpoint=place.endpoint, region=place.region, prefix=place.prefix)
    return FolderImages(place or home / FOLDER)
