"""Pictures of planted runs, and what is read off them."""

import re
from dataclasses import replace
from xml.etree import ElementTree

from bn_tutor.export.lab_svg import lab_svg
from bn_tutor.export.svg_parts import NAMESPACE, WIDTH, Style, text_width
from tests.labs.fake import LAB, report

SVG = f"{{{NAMESPACE}}}"


def tree_of(made):
    return ElementTree.fromstring(lab_svg(made))


def run_of(lines, seeds=1, **changes):
    """Make a run whose only panel has these lines: lists of (place, value), or of a value for each seed."""
    panel = replace(LAB.panels[0], **{"log_across": False, **changes})
    cells = [{"norm": name, "rate": place} for name, points in lines.items() for place, _ in points]
    values = [value for points in lines.values() for _, value in points]
    rows = [
        {**cell, "seed": seed, "gain": value[seed] if isinstance(value, tuple) else value}
        for seed in range(seeds)
        for cell, value in zip(cells, values, strict=True)
    ]
    lab = replace(LAB, panels=(panel,), findings=(), cells=lambda sizes: cells)
    return report(rows, range(seeds), lab=lab)


def drawn(lines, seeds=1, **changes):
    return tree_of(run_of(lines, seeds, **changes))


def words(tree):
    return ["".join(each.itertext()) for each in tree.iter(f"{SVG}text")]


def of_class(tree, name):
    return [each for each in tree.iter() if name in each.get("class", "").split()]


def plotted(tree, found):
    """Return the elements that are no part of a legend."""
    in_legend = {id(each) for item in of_class(tree, "legend") for each in item.iter()}
    return [each for each in found if id(each) not in in_legend]


def markers(tree):
    """Return the shapes of the signs."""
    return [each.get("class").split()[1] for each in plotted(tree, of_class(tree, "marker"))]


def lines_of(tree):
    return plotted(tree, of_class(tree, "line"))


def numbers_in(tree):
    return [
        float(found)
        for each in tree.iter()
        for name in ("d", "x", "y", "x1", "x2", "y1", "y2", "cx", "cy")
        for found in re.findall(r"[^\sMLZ]+", each.get(name, ""))
    ]


def laid_out(element, down=0.0):
    """Yield each text with its left end, its right end and its foot in the whole picture."""
    if moved := re.fullmatch(r"translate\(0,(.+)\)", element.get("transform", "")):
        down += float(moved[1])
    if element.tag == f"{SVG}text":
        style = Style(float(element.get("font-size")), element.get("font-weight") == "bold")
        width = text_width(element.text or "", style)
        left = (
            float(element.get("x"))
            - width * {"start": 0, "middle": 0.5, "end": 1}[element.get("text-anchor")]
        )
        yield element.text, left, left + width, down + float(element.get("y"))
    for child in element:
        yield from laid_out(child, down)


def outside(tree):
    _, _, width, height = map(float, tree.get("viewBox").split())
    assert width == WIDTH
    return [
        text
        for text, left, right, foot in laid_out(tree)
        if left < 0 or right > width or not 0 < foot < height
    ]


def spots(tree):
    """Return where the circles of the first line are, from the left."""
    circles = plotted(tree, tree.iter(f"{SVG}circle"))
    return [(float(each.get("cx")), float(each.get("cy"))) for each in circles]
