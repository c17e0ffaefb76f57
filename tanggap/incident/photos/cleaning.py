"""Decoding what was sent and making a JPEG of it: no EXIF, no position of the camera, no second payload."""

import hashlib
import io

from PIL import Image, ImageOps

from tanggap.incident.photos.model import CleanPhoto, NotAPhoto

MAX_BYTES = 10 * 1024 * 1024
#: Most pixels that are unpacked: a small file may claim a huge picture (decompression bomb).
MAX_PIXELS = 50_000_000
FULL_EDGE = 2048
THUMBNAIL_EDGE = 320
#: What phones and cameras send and Pillow opens without further libraries.
FORMATS = ("JPEG", "PNG", "WEBP", "GIF")


def clean_photo(content: bytes) -> CleanPhoto:
    """Decode `content` and make a JPEG of at most 2048 px and a thumbnail of it, turned upright, without metadata.

    CPU-bound: run it in a thread.

    Raises:
        NotAPhoto: too large, not a picture, or broken.
    """
    if len(content) > MAX_BYTES:
        raise NotAPhoto(reason="size")
    try:
        with Image.open(io.BytesIO(content), formats=FORMATS) as opened:
            if opened.width * opened.height > MAX_PIXELS:
                raise NotAPhoto(reason="pixels")
            opened.draft("RGB", (FULL_EDGE, FULL_EDGE))
            upright = ImageOps.exif_transpose(opened).convert("RGB")
    except NotAPhoto:
        raise
    except Exception as error:  # a damaged file makes Pillow's parsers raise whatever they stumble over
        raise NotAPhoto(reason="content") from error
    upright.thumbnail((FULL_EDGE, FULL_EDGE))
    full = _jpeg(upright, quality=85)
    width, height = upright.size
    upright.thumbnail((THUMBNAIL_EDGE, THUMBNAIL_EDGE))
    return CleanPhoto(full, _jpeg(upright, quality=75), width, height, hashlib.sha256(full).digest())


def _jpeg(image: Image.Image, quality: int) -> bytes:
    out = io.BytesIO()
    bare = Image.new("RGB", image.size)
    bare.paste(image)
    bare.save(out, "JPEG", quality=quality, optimize=True)
    return out.getvalue()
