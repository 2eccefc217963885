"""Images as Pillow makes them anew: what was sent is decoded within bounds, and never kept."""

import asyncio
import io
import struct
from concurrent.futures import ThreadPoolExecutor

from PIL import Image, ImageOps, UnidentifiedImageError

from application.ports.images import Developed, Encoded, ImageNotAccepted, ImagesBusy

WORKERS = 2
WAITING = 32
MOST_PIXELS = 40_000_000
"""Of one decoded picture: 160 MB at most while it is worked on."""
MOST_SCANS = 100
"""Of a progressive JPEG: each is a pass over all pixels, and a few bytes can ask for one."""
FULL, THUMBNAIL = (2_048, 2_048), (320, 320)
FORMATS = ("JPEG", "PNG", "WEBP", "GIF")
SAVED = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp"}
OPTIONS: dict[str, dict[str, object]] = {
    "JPEG": {"quality": 86, "optimize": True, "progressive": True},
    "PNG": {"optimize": False, "compress_level": 6},
    "WEBP": {"quality": 86, "method": 4},
}
SIXTEEN_BITS = frozenset({"I;16", "I;16B", "I;16L", "I;16N", "I"})

# Sizes are checked here, against a lower bound than the library's own, and without a warning first.
Image.MAX_IMAGE_PIXELS = None


class PillowImages:
    """Takes JPEG, PNG, WebP and the first frame of a GIF; goes by the bytes, never by a name or a declared type."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(max_workers=WORKERS, thread_name_prefix="pictures")
        self._waiting = 0

    async def develop(self, data: bytes) -> Developed:
        if self._waiting >= WAITING:
            raise ImagesBusy("Too many images are being worked on.")
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, developed, data)
        finally:
            self._waiting -= 1

    def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)


def developed(data: bytes) -> Developed:
    """Raises ImageNotAccepted."""
    _require_sane(data)
    try:
        with Image.open(io.BytesIO(data), formats=FORMATS) as opened:
            _require_pixels(*opened.size)
            kind = opened.format if opened.format in SAVED else "JPEG" if opened.format == "MPO" else "PNG"
            opened.draft("RGB", FULL)
            picture = _plain(ImageOps.exif_transpose(opened))
    except ImageNotAccepted:
        raise
    except UnidentifiedImageError as error:
        raise ImageNotAccepted("An image is a JPEG, PNG, WebP or GIF file.") from error
    except Exception as error:
        raise ImageNotAccepted("The image cannot be read: it is damaged or incomplete.") from error
    picture.thumbnail(FULL, Image.Resampling.LANCZOS)
    full = _encoded(picture, kind)
    picture.thumbnail(THUMBNAIL, Image.Resampling.LANCZOS)
    return Developed(full=full, thumbnail=_encoded(picture, kind))


def _require_sane(data: bytes) -> None:
    """What has to be known before a decoder sees it."""
    if data[:2] == b"\xff\xd8" and data.count(b"\xff\xda") > MOST_SCANS:
        raise ImageNotAccepted(f"A JPEG has at most {MOST_SCANS} scans.")
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        _require_pixels(*_canvas(data))


def _canvas(data: bytes) -> tuple[int, int]:
    """Of a WebP, whose decoder takes the memory for it when it opens the file."""
    try:
        match data[12:16]:
            case b"VP8X":
                return 1 + int.from_bytes(data[24:27], "little"), 1 + int.from_bytes(data[27:30], "little")
            case b"VP8L":
                (bits,) = struct.unpack_from("<I", data, 21)
                return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
            case _:
                width, height = struct.unpack_from("<HH", data, 26)
                return width & 0x3FFF, height & 0x3FFF
    except struct.error as error:
        raise ImageNotAccepted("The image cannot be read: it is damaged or incomplete.") from error


def _require_pixels(width: int, height: int) -> None:
    if width * height > MOST_PIXELS:
        raise ImageNotAccepted(f"An image has at most {MOST_PIXELS:,} pixels; this one has {width:,} by {height:,}.")


def _plain(picture: Image.Image) -> Image.Image:
    """Decoded, eight bits a channel, RGB with or without transparency or grey, and nothing else about it."""
    picture.load()
    if picture.mode in SIXTEEN_BITS:
        picture = picture.convert("I").point(lambda value: value / 257).convert("L")
    if picture.mode not in {"L", "RGB", "RGBA"}:
        transparent = picture.has_transparency_data
        picture = picture.convert("RGBA" if transparent else "RGB")
    bare = Image.new(picture.mode, picture.size)
    bare.paste(picture)
    return bare


def _encoded(picture: Image.Image, kind: str) -> Encoded:
    into = io.BytesIO()
    picture.save(into, kind, **OPTIONS[kind])
    width, height = picture.size
    return Encoded(data=into.getvalue(), media_type=SAVED[kind], width=width, height=height)
