"""Codes as phones see them: blurred, tilted, small, dark, noisy, on a poor print. Read by zxing-cpp, not by us."""

import hashlib
import io

import numpy as np
import pytest
import zxingcpp
from PIL import Image, ImageFilter

from app.domain.codes.draw import code_matrix, png
from app.domain.codes.token import code_url, fit_name, issue_token

from .cast import BASE, YJJ_KEY, claims

WHITE = 255


def _url(seed: int, **changes: object) -> str:
    cti = hashlib.sha256(str(seed).encode()).digest()[:16]
    return code_url(BASE, issue_token(fit_name(claims(cti=cti, **changes), BASE), YJJ_KEY))


URLS = [_url(seed) for seed in range(4)]
LARGEST = _url(9, items=tuple(range(1000, 1100)))


def _picture(url: str, module_px: float = 4) -> Image.Image:
    image = Image.open(io.BytesIO(png(code_matrix(url), 8))).convert("L")
    side = round(image.width / 8 * module_px)
    return image.resize((side, side), Image.Resampling.LANCZOS)


def _read(image: Image.Image) -> str | None:
    found = zxingcpp.read_barcodes(np.array(image))
    return found[0].text if found else None


def _tilt(image: Image.Image, degrees: float) -> Image.Image:
    return image.rotate(degrees, Image.Resampling.BICUBIC, expand=True, fillcolor=WHITE)


def _lean(image: Image.Image) -> Image.Image:
    """Held at an angle: the far edge a sixth shorter."""
    side = image.width
    inset = side // 10
    corners = (-inset, 0, 0, side, side, side, side + inset, 0)
    return image.transform(image.size, Image.Transform.QUAD, corners, Image.Resampling.BICUBIC, fillcolor=WHITE)


def _darken(image: Image.Image, noise: float = 4) -> Image.Image:
    """A dim room: a seventh of the contrast, and a sensor's noise."""
    pixels = np.array(image, dtype=float) / 7 + 12
    pixels += np.random.default_rng(7).normal(0, noise, pixels.shape)
    return Image.fromarray(pixels.clip(0, 255).astype(np.uint8))


def _shade(image: Image.Image) -> Image.Image:
    """A shadow across the paper."""
    pixels = np.array(image, dtype=float) * np.linspace(1, 0.35, image.width)
    return Image.fromarray(pixels.astype(np.uint8))


def _stain(image: Image.Image) -> Image.Image:
    """A smear of about a sixteenth of the width, away from the corners."""
    side = image.width
    image.paste(128, (side // 2, side // 2, side // 2 + side // 16, side // 2 + side // 16))
    return image


DEGRADED = {
    "blurred": lambda i: i.filter(ImageFilter.GaussianBlur(1.6)),
    "tilted 7": lambda i: _tilt(i, 7),
    "tilted 30": lambda i: _tilt(i, 30),
    "upside down": lambda i: _tilt(i, 180),
    "tilted and blurred": lambda i: _tilt(i, 10).filter(ImageFilter.GaussianBlur(1.2)),
    "held at an angle": _lean,
    "dark": _darken,
    "dark and blurred": lambda i: _darken(i.filter(ImageFilter.GaussianBlur(1)), 2),
    "shaded": _shade,
    "stained": _stain,
    "inverted": lambda i: i.point(lambda v: WHITE - v),
    "squeezed": lambda i: i.resize((i.width, round(i.height * 0.7)), Image.Resampling.BILINEAR),
}


@pytest.mark.parametrize("url", [*URLS, LARGEST], ids=["1", "2", "3", "4", "version 13"])
@pytest.mark.parametrize("how", DEGRADED)
def test_a_degraded_picture_is_read(url, how):
    assert _read(DEGRADED[how](_picture(url))) == url


@pytest.mark.parametrize("url", [*URLS, LARGEST], ids=["1", "2", "3", "4", "version 13"])
@pytest.mark.parametrize("module_px", [2, 2.5, 3])
def test_a_small_picture_is_read(url, module_px):
    assert _read(_picture(url, module_px)) == url


def test_a_print_of_two_pixels_a_module_is_read():
    for url in (*URLS, LARGEST):
        printed = Image.open(io.BytesIO(png(code_matrix(url), 2))).convert("L")
        assert _read(printed) == url
        scanned = _tilt(printed.resize((printed.width * 3, printed.height * 3), Image.Resampling.BILINEAR), 4)
        assert _read(scanned.filter(ImageFilter.GaussianBlur(1.5))) == url
