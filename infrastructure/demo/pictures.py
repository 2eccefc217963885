"""Pictures of the demo's goods, drawn from their names and colours: the same ones every time."""

import io
from textwrap import wrap
from zlib import crc32

from PIL import Image, ImageDraw, ImageFont

from infrastructure.demo.shop import Goods

Colour = tuple[int, int, int]

SIDE = 400
NAMED: dict[str, Colour] = {
    "graphite": (66, 70, 77),
    "indigo": (48, 63, 133),
    "navy": (26, 42, 84),
    "olive": (104, 112, 58),
    "saffron": (226, 143, 35),
    "steel": (120, 138, 153),
}
PALETTE: tuple[Colour, ...] = (
    (178, 74, 58),
    (201, 137, 52),
    (72, 120, 104),
    (58, 98, 140),
    (125, 82, 128),
    (146, 104, 72),
    (92, 122, 60),
    (176, 92, 116),
)
PAPER, INK = (250, 246, 238), (38, 34, 30)
VIEWS = 2
"""How many kinds of picture there are of each."""


def drawn(goods: Goods, view: int = 0) -> bytes:
    """As PNG: what it is called below a pattern that only it has."""
    number, colour = crc32(goods.sku.encode()), _colour_of(goods)
    picture = Image.new("RGB", (SIDE, SIDE), PAPER)
    pencil = ImageDraw.Draw(picture)
    (_rings if (number + view) % VIEWS else _tiles)(pencil, number, colour)
    _label(pencil, goods, colour)
    into = io.BytesIO()
    picture.save(into, "PNG", compress_level=1)
    return into.getvalue()


def _colour_of(goods: Goods) -> Colour:
    named = NAMED.get(goods.attributes.get("colour", ""))
    return named or PALETTE[crc32(goods.title.encode()) % len(PALETTE)]


def _lighter(colour: Colour, by: int) -> Colour:
    """Towards white; `by` in percent."""
    red, green, blue = (part + (255 - part) * by // 100 for part in colour)
    return red, green, blue


def _rings(pencil: ImageDraw.ImageDraw, number: int, colour: Colour) -> None:
    across, down = 100 + number % 200, 80 + number // 200 % 100
    for ring in range(6, 0, -1):
        reach = ring * (23 + number // 7 % 13)
        pencil.ellipse((across - reach, down - reach, across + reach, down + reach), fill=_lighter(colour, ring * 13))


def _tiles(pencil: ImageDraw.ImageDraw, number: int, colour: Colour) -> None:
    tile = SIDE // 8
    for place in range(8 * 6):
        across, down = place % 8 * tile, place // 8 * tile
        shade = (number >> (place % 31)) + place
        pencil.rectangle((across, down, across + tile - 3, down + tile - 3), fill=_lighter(colour, shade % 5 * 18))


def _label(pencil: ImageDraw.ImageDraw, goods: Goods, colour: Colour) -> None:
    pencil.rectangle((0, 290, SIDE, SIDE), fill=PAPER)
    pencil.rectangle((0, 290, SIDE, 296), fill=colour)
    large, small = ImageFont.load_default(28), ImageFont.load_default(18)
    for line, text in enumerate(wrap(goods.title, 24)[:2]):
        pencil.text((20, 306 + line * 34), text, fill=INK, font=large)
    pencil.text((20, SIDE - 26), goods.sku, fill=colour, font=small)
