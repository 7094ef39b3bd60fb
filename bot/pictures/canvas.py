"""A page with Chinese letters on it. Shapes are drawn at twice the size, for Pillow's own have jagged edges;
letters at their own size, for those are smooth."""

import io
from collections.abc import Sequence
from functools import lru_cache
from importlib import resources
from itertools import pairwise

from PIL import Image, ImageDraw, ImageFont

Point = tuple[float, float]
Colour = str

PACKAGE, FILE, SIMPLIFIED = "noto_cjk_sans_otc", "NotoSansCJK-Regular.ttc", 2  # the face of the collection
WIDTH = 720  # of a telephone
LEAST = 26  # pixels of a letter that is still read there
INK, GREY, PALE, PAPER = "#111111", "#4A4A4A", "#D9D9D9", "#FFFFFF"
_TWICE = 2
_MORE = "…"


class FontMissing(Exception):
    """The package noto-cjk-sans-otc is not installed, or not whole; reinstall eqabot with all it depends on."""

    def __str__(self) -> str:
        return self.__doc__ or ""


@lru_cache(maxsize=16)
def font(size: int) -> ImageFont.FreeTypeFont:
    """FontMissing."""
    try:
        with resources.as_file(resources.files(PACKAGE) / FILE) as path:
            return ImageFont.truetype(str(path), size, index=SIMPLIFIED, layout_engine=ImageFont.Layout.BASIC)
    except (ModuleNotFoundError, OSError) as fault:
        raise FontMissing from fault


def has_font() -> bool:
    try:
        font(LEAST)
    except FontMissing:
        return False
    return True


def width(text: str, size: int) -> float:
    return font(size).getlength(text)


def fitted(text: str, size: int, room: float, least: int = LEAST) -> tuple[str, int]:
    """The text and the size at which it fits: smaller first, then cut."""
    while size > least and width(text, size) > room:
        size -= 2
    if width(text, size) <= room:
        return text, size
    while text and width(text + _MORE, size) > room:
        text = text[:-1]
    return text + _MORE, size


class Canvas:
    """`height` in pixels; the origin is above on the left. Letters are put on last."""

    def __init__(self, height: int) -> None:
        self._size = (WIDTH, height)
        self._shapes = Image.new("RGB", (WIDTH * _TWICE, height * _TWICE), PAPER)
        self._pen = ImageDraw.Draw(self._shapes)
        self._texts: list[tuple[Point, str, int, Colour, str, bool, int]] = []

    def box(self, left: float, top: float, right: float, bottom: float, fill: Colour) -> None:
        self._pen.rectangle(_double((left, top, right, bottom)), fill=fill)

    def line(self, points: Sequence[Point], colour: Colour, thick: float, dash: float = 0) -> None:
        """`dash`: the length of its pieces, if it is broken."""
        pieces = [points] if not dash else _dashes(points, dash)
        for piece in pieces:
            flat = [_TWICE * part for point in piece for part in point]
            self._pen.line(flat, fill=colour, width=round(thick * _TWICE), joint="curve")

    def dot(self, at: Point, radius: float, fill: Colour, edge: Colour = PAPER, rim: float = 3) -> None:
        around = (at[0] - radius, at[1] - radius, at[0] + radius, at[1] + radius)
        self._pen.ellipse(_double(around), fill=fill, outline=edge, width=round(rim * _TWICE))

    def square(self, at: Point, radius: float, fill: Colour, edge: Colour = PAPER, rim: float = 3) -> None:
        around = (at[0] - radius, at[1] - radius, at[0] + radius, at[1] + radius)
        self._pen.rectangle(_double(around), fill=fill, outline=edge, width=round(rim * _TWICE))

    def diamond(self, at: Point, radius: float, fill: Colour, edge: Colour, rim: float = 3) -> None:
        x, y = at
        corners = [(x, y - radius), (x + radius, y), (x, y + radius), (x - radius, y)]
        flat = [(a * _TWICE, b * _TWICE) for a, b in corners]
        self._pen.polygon(flat, fill=fill, outline=edge, width=round(rim * _TWICE))

    def text(
        self,
        at: Point,
        said: str,
        size: int = LEAST,
        colour: Colour = INK,
        anchor: str = "la",
        *,
        bold: bool = False,
        halo: int = 0,
    ) -> None:
        """`anchor` as in Pillow; `halo`: white round the letters, so that they are read on any line."""
        self._texts.append((at, said, size, colour, anchor, bold, halo))

    def png(self) -> bytes:
        page = self._shapes.reduce(_TWICE)
        pen = ImageDraw.Draw(page)
        for at, said, size, colour, anchor, bold, halo in self._texts:
            if halo:
                pen.text(at, said, PAPER, font(size), anchor, stroke_width=halo, stroke_fill=PAPER)
            pen.text(at, said, colour, font(size), anchor, stroke_width=1 if bold else 0, stroke_fill=colour)
        out = io.BytesIO()
        page.quantize(64).save(out, "PNG")
        return out.getvalue()


def _double(box: tuple[float, float, float, float]) -> tuple[float, float, float, float]:
    left, top, right, bottom = (_TWICE * part for part in box)
    return left, top, right, bottom


def _dashes(points: Sequence[Point], length: float) -> list[list[Point]]:
    """Equal pieces with gaps of two thirds of their length, leg by leg."""
    found: list[list[Point]] = []
    for (x, y), (to_x, to_y) in pairwise(points):
        whole = ((to_x - x) ** 2 + (to_y - y) ** 2) ** 0.5
        at = 0.0
        while at < whole:
            end = min(at + length, whole)
            found.append([(x + (to_x - x) * part / whole, y + (to_y - y) * part / whole) for part in (at, end)])
            at = end + length * 2 / 3
    return found
