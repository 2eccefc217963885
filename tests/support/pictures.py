"""Pictures, and files that pretend to be some."""

import io
import struct
import zlib
from typing import Any

from PIL import Image

SECRET = b"48.8584N 2.2945E"
"""Stands for where somebody lives."""


def picture(size: tuple[int, int] = (40, 30), kind: str = "JPEG", mode: str = "RGB", **options: Any) -> bytes:
    """One colour, so that it is told from others."""
    made = Image.new(mode, size, options.pop("colour", 0))
    into = io.BytesIO()
    made.save(into, kind, **options)
    return into.getvalue()


def animation(frames: int) -> bytes:
    """A GIF, its first frame red and the others black."""
    red, black = Image.new("RGB", (8, 8), "red"), Image.new("RGB", (8, 8))
    others = [black if n % 2 else Image.new("RGB", (8, 8), "blue") for n in range(frames - 1)]
    into = io.BytesIO()
    red.save(into, "GIF", save_all=True, append_images=others)
    return into.getvalue()


def png(width: int, height: int, *, rows: int = 1) -> bytes:
    """A header that promises so much, in a file of a few hundred bytes."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    data = zlib.compress(bytes(1 + 3 * min(width, 1_000)) * rows)
    chunks = ((b"IHDR", header), (b"IDAT", data), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(*each) for each in chunks)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def webp(width: int, height: int) -> bytes:
    """An extended header that promises so much."""
    sides = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    body = b"WEBPVP8X" + struct.pack("<I", 10) + bytes(4) + sides
    return b"RIFF" + struct.pack("<I", len(body)) + body


def with_place(size: tuple[int, int] = (40, 30), *, orientation: int = 1) -> bytes:
    """A JPEG that says where it was taken, and how it is to be turned."""
    made, exif = Image.new("RGB", size, "green"), Image.Exif()
    exif[0x0112], exif[0x010E] = orientation, SECRET.decode()
    exif.get_ifd(0x8825)[29] = SECRET.decode()
    into = io.BytesIO()
    made.save(into, "JPEG", exif=exif, comment=SECRET)
    return into.getvalue()
