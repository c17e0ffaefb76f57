"""Pictures are judged by what they are, and lose everything but the picture."""

import contextlib
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from tanggap.incident.photos.cleaning import MAX_BYTES, clean_photo
from tanggap.incident.photos.model import NotAPhoto


def picture(fmt: str = "JPEG", size: tuple[int, int] = (640, 480), **options: object) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, "green").save(out, fmt, **options)
    return out.getvalue()


def test_a_camera_position_does_not_survive() -> None:
    exif = Image.Exif()
    exif[0x010F] = "camera of a citizen"
    exif.get_ifd(0x8825)[2] = (3.0, 59.0, 1.0)
    dirty = picture(exif=exif)
    assert b"camera of a citizen" in dirty
    clean = clean_photo(dirty)
    assert b"camera of a citizen" not in clean.full + clean.thumbnail
    assert not Image.open(io.BytesIO(clean.full)).getexif()


def test_a_large_picture_is_made_small_and_turned_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    clean = clean_photo(picture(size=(4000, 1000), exif=exif))
    assert (clean.width, clean.height) == (512, 2048)
    assert max(Image.open(io.BytesIO(clean.thumbnail)).size) == 320


@pytest.mark.parametrize("fmt", ["PNG", "WEBP", "GIF"])
def test_what_phones_send_is_taken(fmt: str) -> None:
    assert clean_photo(picture(fmt)).width == 640


def test_what_is_no_picture_is_refused_whatever_its_name() -> None:
    for content in (b"", b"<html><script>", b"%PDF-1.7", picture()[:200], b"\0" * (MAX_BYTES + 1), b"<svg onload='x'/>"):
        with pytest.raises(NotAPhoto):
            clean_photo(content)


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=400), st.integers(0, 600))
def test_a_damaged_picture_never_breaks_the_house(noise: bytes, at: int) -> None:
    whole = picture(size=(64, 64))
    with contextlib.suppress(NotAPhoto):
        assert clean_photo(whole[:at] + noise + whole[at + len(noise) :]).full
