"""Lines of a page -> paragraphs."""

from __future__ import annotations

from index.readers.columns import Region
from index.readers.layout import Line
from index.readers.paragraphs import habit, paragraphs, places


def lines_together(*texts: str) -> list[list[str]]:
    """The texts as lines of one column, each as long as its letters, in their paragraphs."""
    lines = [Line(text, 50.0, 50.0 + 12 * len(text), 100.0 + 20 * n, 12.0) for n, text in enumerate(texts)]
    found = list(places([[Region(50.0, max(line.x1 for line in lines), tuple(lines))]]))
    return [[p.line.text for p in group] for group in paragraphs(found, habit(found))]


def test_fields_of_a_form_that_fill_their_lines_stay_apart() -> None:
    assert lines_together("第一组：刘洋、陈晨", "第二组：黄磊、徐静") == [
        ["第一组：刘洋、陈晨"],
        ["第二组：黄磊、徐静"],
    ]


def test_a_line_goes_on_to_one_with_a_colon_where_it_is_no_field_itself() -> None:
    lines = ["本次检查分为两个小组进行", "安排如下：第一组查南楼。"]
    assert lines_together(*lines) == [lines]
