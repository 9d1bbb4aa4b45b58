"""Images: decoded, turned upright, made smaller where they are huge, and written anew from their pixels alone.

So no place, camera, comment or second file that hides behind the picture is left, whatever it was called.
"""

from __future__ import annotations

import warnings
from contextlib import suppress
from io import BytesIO
from pathlib import Path
from typing import Any

from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError

from forum.attachments.inspecting.verdict import No

FORMATS = {"image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WEBP", "image/gif": "GIF"}
# A picture that moves is kept still.
WRITTEN = {
    "image/jpeg": ("image/jpeg", "JPEG", "jpg"),
    "image/png": ("image/png", "PNG", "png"),
    "image/webp": ("image/webp", "WEBP", "webp"),
    "image/gif": ("image/png", "PNG", "png"),
}
PIXELS = 64_000_000
SIDE = 2_560
THUMB_SIDE = 720
_OPTIONS: dict[str, dict[str, Any]] = {
    "JPEG": {"quality": 85, "optimize": True, "progressive": True},
    "PNG": {},
    "WEBP": {"quality": 85, "method": 4},
}


def look(path: Path, media_type: str, folder: Path) -> dict[str, Any]:
    """Write the image, and a smaller one for texts, into `folder`. Raises No."""
    image = _upright(_opened(path, FORMATS[media_type]))
    media_type, form, ending = WRITTEN[media_type]
    answer: dict[str, Any] = {
        "media_type": media_type,
        "ending": ending,
        "image": _write(image, form, folder / "image"),
    }
    if max(image.size) > THUMB_SIDE:
        image.thumbnail((THUMB_SIDE, THUMB_SIDE), Image.Resampling.LANCZOS)
        answer["thumb"] = _write(image, "WEBP", folder / "thumb")
    return answer


def _opened(path: Path, form: str) -> Image.Image:
    Image.MAX_IMAGE_PIXELS = PIXELS
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            image: Image.Image = Image.open(path, formats=[form])
            if image.width * image.height > PIXELS:
                raise No("pixels")
            image.draft("RGB", (SIDE, SIDE))  # a JPEG is decoded no larger than it is needed
            image.load()
    except UnidentifiedImageError:
        raise No("content") from None
    except (Image.DecompressionBombWarning, Image.DecompressionBombError):
        raise No("pixels") from None
    except MemoryError:
        raise
    except Exception:
        raise No("broken") from None
    return image


def _upright(image: Image.Image) -> Image.Image:
    """Its pixels alone, in the colours of the web, upright, no side longer than SIDE."""
    profile, orientation = image.info.get("icc_profile"), image.getexif().get(0x0112)
    has_alpha = image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info
    mode = "RGBA" if has_alpha else "L" if image.mode in ("1", "L", "I", "I;16", "F") else "RGB"
    plain = image if image.mode == mode else image.convert(mode)  # large ones are not copied without need
    plain.thumbnail((SIDE, SIDE), Image.Resampling.LANCZOS)
    if profile and plain.mode == "RGB" and image.mode == "RGB":
        with suppress(ImageCms.PyCMSError, OSError, ValueError):
            converted = ImageCms.profileToProfile(plain, BytesIO(profile), ImageCms.createProfile("sRGB"))
            plain = converted or plain
    bare = Image.new(plain.mode, plain.size)
    bare.paste(plain)
    if orientation in range(2, 9):
        bare.getexif()[0x0112] = orientation
        bare = ImageOps.exif_transpose(bare)
    bare.info.clear()
    return bare


def _write(image: Image.Image, form: str, path: Path) -> dict[str, Any]:
    ready = image.convert("RGB") if form == "JPEG" and image.mode not in ("L", "RGB") else image
    ready.save(path, form, **_OPTIONS[form])
    return {"file": path.name, "width": image.width, "height": image.height}
