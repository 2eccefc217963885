"""What becomes of images that somebody sends, however they were made."""

import io

import pytest
from PIL import Image

from application.ports.images import Developed, Encoded, ImageNotAccepted, ImagesBusy
from infrastructure.images.developer import WAITING, PillowImages, developed
from tests.support.pictures import SECRET, animation, picture, png, webp, with_place

SCRIPT = b"<script>alert(1)</script>"
SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


def seen(encoded: Encoded) -> Image.Image:
    return Image.open(io.BytesIO(encoded.data))


def colour(encoded: Encoded) -> object:
    return seen(encoded).convert("RGB").getpixel((0, 0))


@pytest.mark.parametrize(
    ("kind", "mode", "media_type"),
    [
        ("JPEG", "RGB", "image/jpeg"), ("JPEG", "CMYK", "image/jpeg"), ("JPEG", "L", "image/jpeg"),
        ("PNG", "RGB", "image/png"), ("PNG", "P", "image/png"), ("PNG", "1", "image/png"), ("PNG", "LA", "image/png"),
        ("PNG", "I;16", "image/png"), ("PNG", "RGBA", "image/png"),
        ("WEBP", "RGB", "image/webp"), ("WEBP", "RGBA", "image/webp"),
        ("GIF", "P", "image/png"), ("GIF", "L", "image/png"),
    ],
)  # fmt: skip
def test_every_kind_of_picture_becomes_a_plain_one(kind: str, mode: str, media_type: str) -> None:
    made = developed(picture((64, 48), kind, mode))
    for each in (made.full, made.thumbnail):
        assert (each.media_type, each.width, each.height) == (media_type, 64, 48)
        assert Image.MIME[seen(each).format or ""] == media_type
        assert seen(each).mode in {"L", "RGB", "RGBA"}


def test_large_ones_are_made_smaller_and_keep_their_shape() -> None:
    made = developed(picture((4_096, 1_024)))
    assert [(each.width, each.height) for each in (made.full, made.thumbnail)] == [(2_048, 512), (320, 80)]
    assert seen(made.thumbnail).size == (320, 80)


def test_sixteen_bits_keep_their_brightness() -> None:
    assert colour(developed(picture(kind="PNG", mode="I;16", colour=0x8000)).full) == (127, 127, 127)


def test_transparency_is_kept() -> None:
    made = developed(picture(kind="PNG", mode="RGBA", colour=(255, 0, 0, 0)))
    assert seen(made.full).getpixel((0, 0)) == (255, 0, 0, 0)


def test_nothing_is_told_but_what_can_be_seen() -> None:
    sent = with_place()
    assert SECRET in sent
    made = developed(sent)
    for each in (made.full, made.thumbnail):
        assert SECRET not in each.data
        assert not seen(each).getexif()
        assert set(seen(each).info) <= {
            "jfif",
            "jfif_version",
            "jfif_unit",
            "jfif_density",
            "progressive",
            "progression",
        }


def test_a_picture_that_is_to_be_turned_is_turned() -> None:
    assert (made := developed(with_place((40, 30), orientation=6)).full).width == 30
    assert made.height == 40


def test_of_an_animation_the_first_frame_is_kept_however_many_follow() -> None:
    made = developed(animation(2_000))
    assert colour(made.full) == (255, 0, 0)
    assert getattr(seen(made.full), "n_frames", 1) == 1


@pytest.mark.parametrize("kind", ["GIF", "JPEG", "PNG", "WEBP"])
def test_a_file_that_is_a_script_too_is_none_any_more(kind: str) -> None:
    made = developed(picture(kind=kind) + SCRIPT)
    assert SCRIPT not in made.full.data + made.thumbnail.data


def test_a_gif_whose_size_reads_as_a_comment_is_harmless() -> None:
    sent = bytearray(picture((0x2A2F, 1), "GIF", "P"))
    assert sent[6:8] == b"/*"
    assert b"/*" not in developed(bytes(sent) + b"*/=alert(1)").full.data[:32]


@pytest.mark.parametrize(
    "bomb", [png(50_000, 50_000), png(10**9, 1), webp(16_777_215, 16_777_215), webp(50_000, 50_000)]
)
def test_a_bomb_is_refused_before_it_is_decoded(bomb: bytes) -> None:
    assert len(bomb) < 10_000
    with pytest.raises(ImageNotAccepted, match="pixels"):
        developed(bomb)


def test_a_jpeg_that_asks_for_thousands_of_passes_is_refused() -> None:
    with pytest.raises(ImageNotAccepted, match="scans"):
        developed(picture(progressive=True) + b"\xff\xda" * 101)


@pytest.mark.parametrize(
    "sent",
    [
        b"", b"GIF89a", b"\xff\xd8\xff", b"RIFF\x04\x00\x00\x00WEBP", b"not an image", b"\x00" * 5_000, SVG, SCRIPT,
        b"%PDF-1.7", b"BM" + bytes(100), b"II*\x00" + bytes(100), picture(kind="BMP"), picture(kind="TIFF"),
        picture(kind="ICO"),
    ],
)  # fmt: skip
def test_what_is_no_image_that_the_shop_takes_is_refused(sent: bytes) -> None:
    with pytest.raises(ImageNotAccepted):
        developed(sent)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF"])
def test_a_file_that_breaks_off_anywhere_is_refused_or_read(kind: str) -> None:
    """Never anything else; and half of one is always refused."""
    whole = picture((64, 64), kind, "L" if kind == "GIF" else "RGB", colour=77)
    for length in range(0, len(whole), 7):
        try:
            assert isinstance(developed(whole[:length]), Developed)
        except ImageNotAccepted:
            continue
        assert length > len(whole) // 2


async def test_only_so_many_wait() -> None:
    developer = PillowImages()
    developer._waiting = WAITING
    with pytest.raises(ImagesBusy):
        await developer.develop(picture())
    developer._waiting = 0
    assert (await developer.develop(picture())).full.width == 40
    developer.close()
