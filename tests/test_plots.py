"""Plots: what is drawn stands where the numbers say, and every number is there as text too."""

from __future__ import annotations

import re
from itertools import pairwise
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.report.figures import figures
from eval.report.plots import (
    DEEP,
    ROW,
    TOP,
    WIDTH,
    Axis,
    Column,
    Curve,
    Mark,
    draw_bar,
    draw_columns,
    draw_curves,
    draw_shares,
    percent_axis,
    plain_axis,
)

SHARES = st.floats(0, 1)
Box = tuple[float, float, float, float]


def read(svg: str) -> ElementTree.Element:
    return ElementTree.fromstring(svg)


def texts(svg: str) -> list[str]:
    return [e.text or "" for e in read(svg).iter("text")]


def lines(svg: str, kind: str) -> list[Box]:
    found = [e for e in read(svg).iter("line") if kind in str(e.get("class")).split()]
    return [(number(e, "x1"), number(e, "y1"), number(e, "x2"), number(e, "y2")) for e in found]


def number(element: ElementTree.Element, name: str) -> float:
    return float(str(element.get(name)))


def path(svg: str, series: int) -> list[tuple[float, float]]:
    """The corners of a line with straight parts."""
    drawn = next(e for e in read(svg).iter("path") if e.get("class") == f"line c{series}")
    return [(float(x), float(y)) for x, y in re.findall(r"[ML]([\d.]+) ([\d.]+)", str(drawn.get("d")))]


def test_a_plot_is_an_image_with_a_name_and_its_values_as_text() -> None:
    svg = draw_shares("各题型", [Mark("事实", 0.879, (0.758, 0.97), "29/33"), Mark("追问", 0.5)])
    root = read(svg)
    assert root.get("role") == "img"
    assert [(e.tag, e.text) for e in list(root)[:2]] == [
        ("title", "各题型"),
        ("desc", "事实 87.9%（29/33，95% 区间 75.8–97.0）；追问 50.0%"),
    ]
    assert {"事实", "追问", "87.9%", "50.0%", "29/33"} <= set(texts(svg))


@given(st.lists(st.tuples(SHARES, SHARES, SHARES).map(sorted), min_size=1, max_size=12))
def test_dots_and_whiskers_stand_where_the_shares_are(rows: list[list[float]]) -> None:
    svg = draw_shares("题", [Mark(f"第{n}类", value, (low, high)) for n, (low, value, high) in enumerate(rows)])
    grid = lines(svg, "grid")
    start, end = grid[0][0], grid[-1][0]
    dots = [(number(e, "cx"), number(e, "cy")) for e in read(svg).iter("circle")]
    whiskers = lines(svg, "whisker")
    for n, (low, value, high) in enumerate(rows):
        assert dots[n] == pytest.approx((start + value * (end - start), TOP + ROW * (n + 0.5)), abs=0.11)
        assert whiskers[n][::2] == pytest.approx((start + low * (end - start), start + high * (end - start)), abs=0.11)
    assert [t for t in texts(svg) if "." in t] == [f"{100 * value:.1f}%" for _, value, _ in rows]


@given(st.lists(SHARES, min_size=2, max_size=6))
def test_a_line_goes_through_its_points(values: list[float]) -> None:
    points = [(float(n), value) for n, value in enumerate(values)]
    x = Axis("前几条", 0, len(values) - 1, [(float(n), str(n)) for n in range(len(values))])
    told = [f"{100 * v:.1f}%" for v in values]
    svg = draw_curves("线", x, percent_axis(""), [Curve("召回", points, texts=told)])
    drawn = path(svg, 0)
    assert [b[0] - a[0] for a, b in pairwise(drawn)] == pytest.approx([drawn[1][0] - drawn[0][0]] * (len(drawn) - 1), abs=0.11)  # fmt: skip
    assert [y for _, y in drawn] == pytest.approx([TOP + DEEP * (1 - v) for v in values], abs=0.06)
    assert [t for t in texts(svg) if "." in t] == told


def test_a_step_stays_level_until_the_next_point() -> None:
    svg = draw_curves("线", percent_axis("x"), percent_axis("y"), [Curve("c", [(0, 0), (0.5, 1), (1, 0.5)], step=True)])
    drawn = next(e for e in read(svg).iter("path") if e.get("class") == "line c0")
    assert drawn.get("d") == "M40.0 158.0H192.0V8.0H344.0V83.0"


def test_series_differ_in_more_than_colour() -> None:
    points, x = [(0.0, 0.5), (1.0, 0.6)], Axis("k", 0, 1, [(0, "a"), (1, "b")])
    curves = [Curve(name, points, [(0.4, 0.6), None], ["甲", "乙"]) for name in ("一", "二", "三")]
    root = read(draw_curves("线", x, percent_axis(""), curves))
    assert {e.get("class") for e in root.iter("path")} == {"line c0", "line c1", "line c2", "m2"}
    assert {e.get("class") for e in root.iter("circle")} == {"m0"}
    assert {e.get("class") for e in root.iter("rect")} == {"m1"}
    assert len(lines(ElementTree.tostring(root, "unicode"), "whisker")) == 3


def test_columns_have_the_height_of_their_share_and_a_dash_where_they_should_end() -> None:
    x, y = percent_axis("置信度"), percent_axis("答对率")
    svg = draw_columns("校准", x, y, [Column(0.5, 0.6, 0.25, 0.55, 8, "八题"), Column(0.9, 1.0, 1.0, 0.95, 2, "两题")])
    boxes = [(number(e, "y"), number(e, "height")) for e in read(svg).iter("rect")]
    assert boxes == [(TOP + DEEP * 0.75, DEEP * 0.25), (TOP, DEEP)]
    assert [line[1] for line in lines(svg, "whisker")] == [TOP + DEEP * 0.45, TOP + DEEP * 0.05]
    assert [e.text for e in read(svg).iter("title")] == ["校准", "八题", "两题"]
    assert {"8", "2"} <= set(texts(svg))


def test_words_in_plots_are_escaped() -> None:
    evil = "</title><script>x</script>&"
    for svg in (
        draw_shares(evil, [Mark(evil, 0.5, None, evil)]),
        draw_curves(evil, Axis(evil, 0, 1, [(0, evil)]), percent_axis(evil), [Curve(evil, [(0, 0)], texts=[evil])]),
        draw_columns(evil, percent_axis(evil), percent_axis(evil), [Column(0, 0.1, 0.5, 0.5, 1, evil)]),
    ):
        assert list(read(svg).iter("script")) == []
        assert read(svg)[0].text == evil


def test_long_labels_are_cut_and_told_whole() -> None:
    label = "很长很长很长很长很长很长的题型名称"
    svg = draw_shares("题", [Mark(label, 0.5)])
    assert label not in texts(svg)
    assert any(t.endswith("…") for t in texts(svg))
    assert label in str(read(svg)[1].text)


@given(st.lists(st.tuples(st.text(max_size=20), SHARES), min_size=1, max_size=4))
def test_nothing_is_drawn_outside_the_picture(rows: list[tuple[str, float]]) -> None:
    printable = [("".join(c for c in name if c.isprintable()), value) for name, value in rows]
    root = read(draw_shares("题", [Mark(name, value, (0, 1), "12/34") for name, value in printable]))
    height = float(str(root.get("viewBox")).split()[3])
    for dot in root.iter("circle"):
        assert 4 <= number(dot, "cx") <= WIDTH - 4
        assert 4 <= number(dot, "cy") <= height - 4


@given(st.floats(1e-3, 1e4))
def test_a_plain_axis_reaches_its_value_with_few_round_ticks(high: float) -> None:
    axis = plain_axis("秒", high)
    assert axis.high >= high * 0.999
    assert axis.high <= high * 2.6
    assert 3 <= len(axis.ticks) <= 7
    assert axis.ticks[0] == (0, "0")


@pytest.mark.parametrize(
    ("low", "high", "ticks"),
    [
        (0, 1, ["0%", "20%", "40%", "60%", "80%", "100%"]),
        (0.6, 1, ["60%", "70%", "80%", "90%", "100%"]),
        (0, 0.1, ["0%", "5%", "10%"]),
    ],
)
def test_shares_have_round_ticks(low: float, high: float, ticks: list[str]) -> None:
    assert [text for _, text in percent_axis("", low, high).ticks] == ticks


def test_a_bar_in_a_table_is_as_long_as_its_share() -> None:
    assert [e.get("width") for e in read(draw_bar(0.306)).iter("rect")] == ["30.6"]


def part(**changes: object) -> dict[str, object]:
    return {"n": 4, "by_type": {}, "times": {}, "intervals": {}, **changes}


def drawn(measured: dict[str, object], rows: list[dict[str, object]] | None = None) -> dict[str, ElementTree.Element]:
    found = figures({"metrics": {"all": measured}, "questions": rows or []})
    root = read(found) if found else ElementTree.Element("div")
    return {str(f.findtext("figcaption/h3")): f for f in root.iter("figure")}


def test_what_was_not_measured_has_no_plot() -> None:
    assert drawn(part()) == {}


def test_recall_is_drawn_for_the_cut_offs_that_were_measured() -> None:
    values = {"recall@1": 0.5, "recall@3": 0.75, "hit@1": 0.6, "hit@3": 0.8, "all@1": 0.4, "all@3": 0.7}
    figure = drawn(part(**values))["证据找到了多少"]
    words = [e.text for e in figure.iter("text")]
    for told in ("前 1 条", "前 3 条", "50.0%", "75.0%", "60.0%", "80.0%", "40.0%", "70.0%"):
        assert told in words
    assert "前 5 条" not in words
    assert "纵轴从 40% 起" in str(figure.findtext("figcaption/small"))


def test_the_risk_of_the_most_confident_is_told_at_round_coverages() -> None:
    figure = drawn(part(risk_coverage=[(0.25, 0.0), (0.5, 0.5), (0.75, 1 / 3)]))["只答有把握的，会错多少"]
    words = [e.text for e in figure.iter("text")]
    assert words[-7:] == ["答错", None, None, "0.0%", "50.0%", None, None]
    assert "作答的 75.0% 的题里错 33.3%" in str(figure.findtext("figcaption/small"))


def test_the_time_curve_ends_at_the_share_that_was_done_in_time() -> None:
    rows: list[dict[str, object]] = [{"timings": {"total_s": s}} for s in (1.0, 1.0, 2.0, 50.0)]
    figure = drawn(part(times={"total_s": {"median": 1.5, "p95": 2.0}}), rows)["等多久"]
    line = next(e for e in figure.iter("path") if e.get("class") == "line c0")
    heights = [float(y) for y in re.findall(r"V([\d.]+)", str(line.get("d")))]
    assert heights == pytest.approx([TOP + DEEP / 2, TOP + DEEP / 4, TOP + DEEP / 4])
    assert "另有 1 题更慢" in str(figure.findtext("figcaption/small"))
    assert "中位 1.50 秒，95 分位 2.00 秒" in " ".join(str(e.text) for e in figure.iter("text"))


def test_reliability_tells_confidence_and_right_answers_of_each_bin() -> None:
    bins = [{"low": 0.8, "high": 0.9, "n": 50, "confidence": 0.85, "right": 0.8}]
    figure = drawn(part(reliability=bins))["置信度可信吗"]
    assert "置信度 0.8–0.9：50 题，平均置信度 85.0%，答对 80.0%" in [e.text for e in figure.iter("title")]


def test_a_metric_that_should_be_low_is_marked() -> None:
    figure = drawn(part(over_refusal=0.04, citation_recall=0.9))["回答、引用与拒答"]
    words = [e.text for e in figure.iter("text")]
    assert "误拒率 ↓" in words
    assert "引用召回率" in words
