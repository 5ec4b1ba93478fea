"""XML of a chart or of SmartArt -> the rows and lines of words and numbers in it. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from index.readers.cells import shown

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

C = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
DGM = "{http://schemas.openxmlformats.org/drawingml/2006/diagram}"


def chart_title(chart: Element) -> str:
    """The title that stands over the chart; "" for none."""
    title = chart.find(f"{C}chart/{C}title")
    return "" if title is None else "".join(t.text or "" for t in title.iter(f"{A}t"))


def chart_rows(chart: Element) -> list[list[str]]:
    """A row of heads (the series' names), then a row for each category: its name and its value in each series."""
    series = list(chart.iter(f"{C}ser"))
    names = [_first(s, "tx") for s in series]
    categories: dict[str, str] = {}
    columns = []
    for s in series:
        categories |= _points(s, "cat") | _points(s, "xVal")
        columns.append(_points(s, "val") | _points(s, "yVal"))
    places = sorted(set().union(categories, *columns), key=lambda place: (len(place), place))
    rows = [[categories.get(p, ""), *(column.get(p, "") for column in columns)] for p in places]
    return [["", *names], *rows] if rows else []


def diagram_lines(diagram: Element) -> list[str]:
    """The words of each point of SmartArt, in order."""
    lines = ["".join(t.text or "" for t in p.iter(f"{A}t")) for p in diagram.iter(f"{A}p")]
    return [line for line in lines if line.strip()]


def _first(series: Element, name: str) -> str:
    found = series.find(f"{C}{name}")
    return "" if found is None else next((v.text or "" for v in found.iter(f"{C}v")), "")


def _points(series: Element, name: str) -> dict[str, str]:
    """The cached points of one axis by their place."""
    found = series.find(f"{C}{name}")
    if found is None:
        return {}
    code = next((f.text or "General" for f in found.iter(f"{C}formatCode")), "General")
    return {p.get("idx", ""): _shown(p.findtext(f"{C}v") or "", code) for p in found.iter(f"{C}pt")}


def _shown(text: str, code: str) -> str:
    try:
        return shown(float(text), code)
    except ValueError:
        return text
