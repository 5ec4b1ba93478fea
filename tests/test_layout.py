"""Geometry alone: made-up runs, no file."""

from __future__ import annotations

from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from index.cleaning import clean
from index.readers.book import Sheet, bind
from index.readers.columns import regions
from index.readers.layout import Page, Rule, Run, pieces
from index.readers.paragraphs import join
from index.readers.ruled import find_tables, rows
from index.readers.running import running, watermarks


def run(text: str, x: float, y: float, size: float = 10, quarter: int = 0, light: bool = False) -> Run:
    """The text from `x` on, each letter as wide as high."""
    starts = tuple(x + i * size for i in range(len(text)))
    return Run(text, starts, tuple(s + size for s in starts), y, size, light=light, quarter=quarter)


def letters(text: str) -> Counter[str]:
    return Counter("".join(text.split()))


spots = st.builds(
    run,
    st.text("甲乙丙丁戊（），。1ab-", min_size=1, max_size=12).filter(str.strip),
    st.floats(0, 550),
    st.floats(0, 840),
    st.sampled_from([7.0, 10.0, 10.5, 22.0]),
)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.lists(spots, max_size=25), min_size=1, max_size=4))
def test_every_letter_comes_once_wherever_it_stands(pages: list[list[Run]]) -> None:
    extract = bind([Sheet(tuple(pieces(runs))) for runs in pages])
    drawn = letters("".join(r.text for runs in pages for r in runs))
    notes = extract.text.count("〔注")
    assert letters(extract.text.replace("〔注", "").replace("〕", "")) - drawn == Counter()
    lost = drawn - letters(extract.text)
    assert sum(lost.values()) <= 2 * notes  # brackets and marks of notes are written anew
    assert len(extract.pages) == len(pages)
    assert all(0 <= a < b <= len(extract.text) for a, b in extract.layout)


def test_pieces_are_parted_at_wide_spaces_only() -> None:
    found = pieces([run("左栏文字", 50, 100), run("右栏", 110, 100), run("接", 90, 100)])
    assert [x.text for x in found] == ["左栏文字接", "右栏"]


def test_wide_spaces_inside_one_column_stay() -> None:
    (region,) = regions(pieces([run("姓名", 50, 100), run("张三", 100, 100)]))
    assert [x.text for x in region.lines] == ["姓名　张三"]


def test_letters_of_a_title_set_far_apart_are_one_word() -> None:
    (region,) = regions(pieces([run("通", 250, 100, 20), run("知", 310, 100, 20)]))
    assert [x.text for x in region.lines] == ["通知"]


def test_a_small_raised_figure_is_marked() -> None:
    (line,) = pieces([run("六亿吨", 50, 100), run("1", 80, 96, 6), run("，比", 86, 100)])
    assert (line.text, line.raised) == ("六亿吨1，比", ((3, 4),))


def test_a_stamp_over_a_line_is_no_part_of_it() -> None:
    found = pieces([run("正文正文正文正文", 50, 100), run("印章", 70, 101, 12)])
    assert sorted(x.text for x in found) == ["印章", "正文正文正文正文"]


def test_running_heads_are_those_that_repeat_from_the_edge() -> None:
    pages = [
        pieces([run("内部资料", 50, 40), run(f"第{n}页内容", 50, 90), run("正文", 50, 300), run(f"{n}", 280, 810)])
        for n in range(1, 5)
    ]
    assert running(pages, [842.0] * 4, 10) == [{0, 1, 3}] * 4
    changed = [pieces([run("内部资料", 50, 40 + 30 * n), run("正文", 50, 300)]) for n in range(4)]
    assert running(changed, [842.0] * 4, 10) == [set()] * 4


def test_a_head_that_changes_is_known_by_its_page_number() -> None:
    pages = [pieces([run(f"{word} {n}", 50, 40), run("正文", 50, 300)]) for n, word in enumerate("甲乙丙丁", 7)]
    assert running(pages, [842.0] * 4, 10) == [{0}] * 4


def test_a_large_title_that_every_page_has_is_no_running_head() -> None:
    pages = [pieces([run("申请表", 250, 60, 20), run("正文", 50, 300)]) for _ in range(3)]
    assert running(pages, [842.0] * 3, 10) == [set()] * 3


def test_a_watermark_is_slanting_or_faint_and_large() -> None:
    page = [
        run("征求意见稿", 100, 400, 40, quarter=-1),
        run("内部", 100, 500, 20, light=True),
        run("表头", 100, 600, 10, light=True),
        run("大字", 100, 700, 20),
    ]
    assert watermarks([page, page], 10) == [{0, 1}] * 2
    assert watermarks([page], 10) == [{0}]


def ruled(cells: list[list[str]], widths: list[float], skip: set[tuple[int, int]] = frozenset()) -> Page:  # type: ignore[assignment]
    """A table at 100, 100 with rows of 20; `skip` names the uprights left out: the row, and the column behind it."""
    xs = [100 + sum(widths[:n]) for n in range(len(widths) + 1)]
    rules = [Rule(xs[0], 100 + 20 * n, xs[-1], 100 + 20 * n) for n in range(len(cells) + 1)]
    for r in range(len(cells)):
        rules += [Rule(x, 100 + 20 * r, x, 120 + 20 * r) for n, x in enumerate(xs) if (r, n) not in skip]
    runs = [run(t, xs[c] + 2, 114 + 20 * r) for r, row in enumerate(cells) for c, t in enumerate(row) if t]
    return Page(595, 842, runs, rules)


def table_rows(page: Page) -> list[str]:
    (table,), rest = find_tables(page, page.runs)
    assert rest == []
    return rows(table)[0]


def test_heads_on_two_rows_are_named_together() -> None:
    page = ruled([["地区", "产量", ""], ["", "去年", "今年"], ["河南", "1", "2"]], [60, 60, 60], {(0, 2)})
    assert table_rows(page) == ["地区：河南；产量去年：1；产量今年：2"]


def test_a_title_across_the_table_and_a_group_of_rows_are_lines_of_their_own() -> None:
    page = ruled([["甲表", ""], ["项目", "金额"], ["一组", ""], ["水", "5"]], [80, 80], {(0, 1), (2, 1)})
    assert table_rows(page) == ["甲表", "一组", "项目：水；金额：5"]


def test_a_form_has_no_heads() -> None:
    page = ruled([["姓名", "张三"], ["单位", "某局"], ["电话", "123"]], [80, 80])
    assert table_rows(page) == ["姓名：张三", "单位：某局", "电话：123"]


def test_a_frame_round_a_text_is_no_table() -> None:
    page = ruled([["一段文字"]], [200])
    assert find_tables(page, page.runs) == ([], page.runs)


def test_a_run_that_passes_a_rule_is_cut_there() -> None:
    page = ruled([["名", "数"], ["", ""], ["丙", "3"]], [20, 40])
    page.runs.append(run("乙2", 105, 134))
    assert table_rows(page) == ["名：乙；数：2", "名：丙；数：3"]


def test_lines_are_joined_as_their_letters_ask() -> None:
    assert join("经济", "发展") == ("\n", 0)
    assert join("language", "model") == (" \n", 0)
    assert join("expec-", "tation") == ("\n", 1)
    assert join("well-", "known", {"well-known"}) == ("\n", 0)
    assert join("达到200", "7年") == (" \n", 0)
    assert join("粮食产量达到200", "7年") == ("\n", 0)
    assert join("(p < 0.05", ").") == (" \n", 0) or join("(p < 0.05", ")") == ("\n", 0)


def test_a_paragraph_over_a_page_is_one_line_and_the_page_mark_layout() -> None:
    full = "一二三四五六七八九十" * 3
    first = Sheet(
        tuple(pieces([run("　　" + full[:28], 50, 100 + 20 * n) for n in range(1)] + [run(full, 50, 120)])), foot=("1",)
    )
    second = Sheet(
        tuple(pieces([run("末行。", 50, 100), *[run("　　" + full[:28], 50, 120), run(full, 50, 140)]])), head=("眉",)
    )
    extract = bind([first, second])
    assert clean(extract.text, extract.layout, extract.pages).text == f"{full[:28]}{full}末行。\n{full[:28]}{full}\n"
    assert [extract.text[a:b] for a, b in extract.layout] == ["\n", "\n1\n眉\n", "\n"]
