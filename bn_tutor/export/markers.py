"""What tells one curve from another: a colour, and a sign of a shape of its own."""

from dataclasses import dataclass

from bn_tutor.export.svg_parts import element, short

# Told apart by those who see few colours, too, after Okabe and Ito; yellow is too faint on white.
COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000")
# Corners of each shape, in its radius, from the middle. A circle and a ring have none.
_CORNERS = {
    "triangle": ((0.0, -1.15), (1.1, 0.85), (-1.1, 0.85)),
    "square": ((-0.9, -0.9), (0.9, -0.9), (0.9, 0.9), (-0.9, 0.9)),
    "diamond": ((0.0, -1.25), (1.25, 0.0), (0.0, 1.25), (-1.25, 0.0)),
    "drop": ((0.0, 1.15), (1.1, -0.85), (-1.1, -0.85)),
    "frame": ((-0.9, -0.9), (0.9, -0.9), (0.9, 0.9), (-0.9, 0.9)),
}
_STROKES = {
    "cross": (((-0.9, -0.9), (0.9, 0.9)), ((-0.9, 0.9), (0.9, -0.9))),
    "plus": (((-1.1, 0.0), (1.1, 0.0)), ((0.0, -1.1), (0.0, 1.1))),
}
SHAPES = ("circle", "triangle", "square", "diamond", "ring", "cross", "drop", "plus", "frame")
_HOLLOW = {"ring", "frame"}


@dataclass(frozen=True)
class Sign:
    """A curve's colour and shape, and how its line is broken, if it is."""

    colour: str
    shape: str
    radius: float = 5.0
    dashes: str = ""


def sign_at(number: int) -> Sign:
    """Return the sign of a curve by its number, from 0."""
    return Sign(COLOURS[number % len(COLOURS)], SHAPES[number % len(SHAPES)])


def marker(sign: Sign, x: float, y: float, *children: str) -> str:
    """Return the sign at a place; children are elements inside it, such as a title."""
    return element("g", *children, _shape(sign, x, y), class_=f"marker {sign.shape}")


def _shape(sign: Sign, x: float, y: float) -> str:
    radius, shape = sign.radius, sign.shape
    if shape in _STROKES:
        data = " ".join(_way(x, y, radius, stroke) for stroke in _STROKES[shape])
        return element("path", d=data, fill="none", stroke=sign.colour, stroke_width=2.5)
    # A rim in white keeps a sign off its line.
    fill, rim, width = ("#ffffff", sign.colour, 2.0) if shape in _HOLLOW else (sign.colour, "#ffffff", 1.0)
    if shape in _CORNERS:
        data = _way(x, y, radius, _CORNERS[shape]) + " Z"
        return element("path", d=data, fill=fill, stroke=rim, stroke_width=width)
    return element("circle", cx=x, cy=y, r=radius, fill=fill, stroke=rim, stroke_width=width)


def _way(x: float, y: float, radius: float, corners: tuple[tuple[float, float], ...]) -> str:
    return way([(x + radius * right, y + radius * down) for right, down in corners])


def way(places: list[tuple[float, float]]) -> str:
    """Return a path from place to place."""
    return "M " + " L ".join(f"{short(x)} {short(y)}" for x, y in places)


def line(sign: Sign, places: list[tuple[float, float]]) -> str:
    """Return the curve's line through some places."""
    dashes = {"stroke_dasharray": sign.dashes} if sign.dashes else {}
    return element(
        "path", class_="line", d=way(places), fill="none", stroke=sign.colour, stroke_width=2.2,
        stroke_linejoin="round", **dashes,
    )  # fmt: skip
