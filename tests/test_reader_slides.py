"""Slides: a page each, title, reading order, tables, groups, charts, SmartArt, notes; and files that are none."""

from __future__ import annotations

import itertools
from io import BytesIO

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree
from office import EMPTY_MESSAGE, LOCKED, LOCKED_MESSAGE, check, damaged_parts, damages, edited, part, survives
from pptx import Presentation
from pptx.chart.data import CategoryChartData
from pptx.enum.chart import XL_CHART_TYPE
from pptx.oxml import parse_xml
from pptx.oxml.ns import nsdecls
from pptx.slide import Slide
from pptx.util import Inches

from index.errors import JudianError
from index.readers.charts import diagram_lines
from index.readers.slides import read


def saved(deck: object) -> bytes:
    out = BytesIO()
    deck.save(out)  # type: ignore[attr-defined]
    return out.getvalue()


def write(slide: Slide, words: str, left: float, top: float) -> None:
    slide.shapes.add_textbox(Inches(left), Inches(top), Inches(2), Inches(1)).text_frame.text = words


def report() -> bytes:
    """A deck with a title slide, a list with notes, a table, a picture alone, and boxes side by side with a chart."""
    deck = Presentation()
    slide = deck.slides.add_slide(deck.slide_layouts[0])
    slide.shapes.title.text = "中部地区粮食生产汇报"
    slide.placeholders[1].text = "省农业厅\n2013年3月"
    slide = deck.slides.add_slide(deck.slide_layouts[1])
    slide.shapes.title.text = "一、总体情况"
    slide.placeholders[1].text = "粮食总产连续九年增长\n2012年达到5638.6万吨"
    slide.notes_slide.notes_text_frame.text = "讲到这里停顿。\n补充说明口径。"
    slide = deck.slides.add_slide(deck.slide_layouts[5])
    slide.shapes.title.text = "二、主要指标"
    table = slide.shapes.add_table(4, 3, Inches(1), Inches(2), Inches(6), Inches(2)).table
    for r, row in enumerate(
        [("地区", "产量", ""), ("", "2011年", "2012年"), ("郑州", "160.5", "162.3"), ("开封", "270", "275.1")]
    ):
        for c, words in enumerate(row):
            table.cell(r, c).text = words
    table.cell(0, 0).merge(table.cell(1, 0))
    table.cell(0, 1).merge(table.cell(0, 2))
    deck.slides.add_slide(deck.slide_layouts[6])
    slide = deck.slides.add_slide(deck.slide_layouts[6])
    write(slide, "右边的框里写了一句话。", 5, 1)
    write(slide, "左边的框里写了一句话。", 1, 1.1)
    inner = slide.shapes.add_group_shape().shapes.add_textbox(Inches(1), Inches(4), Inches(2), Inches(1))
    inner.text_frame.text = "组内文字"
    chart = CategoryChartData()  # type: ignore[no-untyped-call]
    chart.categories = ["2011年", "2012年"]
    chart.add_series("产量", (5542.5, 5638.6))  # type: ignore[no-untyped-call]
    chart.add_series("增长率", (0.01, 0.0173), "0.0%")  # type: ignore[no-untyped-call]
    slide.shapes.add_chart(XL_CHART_TYPE.COLUMN_CLUSTERED, Inches(1), Inches(5), Inches(4), Inches(2), chart)
    return saved(deck)


REPORT = """中部地区粮食生产汇报
省农业厅
2013年3月
一、总体情况
粮食总产连续九年增长
2012年达到5638.6万吨
备注：讲到这里停顿。
补充说明口径。
二、主要指标
地区：郑州；产量·2011年：160.5；产量·2012年：162.3。
地区：开封；产量·2011年：270；产量·2012年：275.1。

左边的框里写了一句话。
右边的框里写了一句话。
组内文字
2011年；产量：5542.5；增长率：1.0%。
2012年；产量：5638.6；增长率：1.7%。
"""


def test_each_slide_is_a_page_under_its_title() -> None:
    extract = read(report())
    assert extract.text == REPORT
    assert [extract.text[h.start : h.end] for h in extract.headings] == [
        "中部地区粮食生产汇报",
        "一、总体情况",
        "二、主要指标",
    ]
    starts = [*extract.pages, len(extract.text)]
    assert [extract.text[s:e].split("\n")[0] for s, e in itertools.pairwise(starts)] == [
        "中部地区粮食生产汇报",
        "一、总体情况",
        "二、主要指标",
        "",
        "左边的框里写了一句话。",
    ]
    assert (extract.title, extract.date, extract.layout) == ("中部地区粮食生产汇报", "", ())
    check(extract)


def test_a_short_first_line_stands_in_for_a_missing_title() -> None:
    deck = Presentation()
    for words in ("粮食生产", "这一页没有标题，只有一段话。"):
        write(deck.slides.add_slide(deck.slide_layouts[6]), words, 1, 1)
    extract = read(saved(deck))
    assert [extract.text[h.start : h.end] for h in extract.headings] == ["粮食生产"]


def test_slide_numbers_dates_and_footers_are_left_out() -> None:
    deck = Presentation()
    slide = deck.slides.add_slide(deck.slide_layouts[5])
    slide.shapes.title.text = "标题"
    for kind in ("sldNum", "ftr", "dt"):
        write(slide, "每页都有的字", 1, 6)
        holder = slide.shapes[-1]._element.find(".//{*}nvPr")
        holder.append(parse_xml(f'<p:ph {nsdecls("p")} type="{kind}" idx="1{len(kind)}"/>'))
    assert read(saved(deck)).text == "标题\n"


def test_automatic_numbers_of_paragraphs_are_shown() -> None:
    deck = Presentation()
    slide = deck.slides.add_slide(deck.slide_layouts[1])
    slide.shapes.title.text = "标题"
    frame = slide.placeholders[1].text_frame
    frame.text = "甲\n乙\n丙\n丁\n戊\n己"
    kinds = ["arabicPeriod", "arabicPeriod", "", "ea1ChsPeriod", "circleNumDbPlain", "arabicParenBoth"]
    for paragraph, kind in zip(frame.paragraphs, kinds, strict=True):
        if kind:
            number = parse_xml(f'<a:buAutoNum {nsdecls("a")} type="{kind}"/>')
            paragraph._p.get_or_add_pPr().append(number)
    assert read(saved(deck)).text == "标题\n1. 甲\n2. 乙\n丙\n一、丁\n② 戊\n（3）己\n"


def test_smartart_gives_the_words_of_its_points() -> None:
    xml = (
        '<dgm:dataModel xmlns:dgm="http://schemas.openxmlformats.org/drawingml/2006/diagram" '
        f'{nsdecls("a")}><dgm:ptLst><dgm:pt modelId="1"><dgm:t><a:p><a:r><a:t>粮食</a:t></a:r><a:r><a:t>基地</a:t></a:r></a:p></dgm:t></dgm:pt>'
        '<dgm:pt modelId="2"><dgm:t><a:p/></dgm:t></dgm:pt><dgm:pt modelId="3"><dgm:t><a:p><a:r><a:t>能源基地</a:t></a:r></a:p></dgm:t></dgm:pt></dgm:ptLst></dgm:dataModel>'
    )
    assert diagram_lines(etree.fromstring(xml)) == ["粮食基地", "能源基地"]


def test_the_words_of_smartart_stand_on_its_slide() -> None:
    deck = Presentation()
    slide = deck.slides.add_slide(deck.slide_layouts[5])
    slide.shapes.title.text = "标题"
    slide.shapes._spTree.append(
        parse_xml(
            f'<p:graphicFrame {nsdecls("p", "a", "r")}><p:nvGraphicFramePr><p:cNvPr id="9" name="图示"/><p:cNvGraphicFramePr/><p:nvPr/></p:nvGraphicFramePr>'
            '<p:xfrm><a:off x="0" y="3000000"/><a:ext cx="9" cy="9"/></p:xfrm><a:graphic><a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/diagram">'
            '<dgm:relIds xmlns:dgm="http://schemas.openxmlformats.org/drawingml/2006/diagram" r:dm="rId77"/></a:graphicData></a:graphic></p:graphicFrame>'
        )
    )
    data = saved(deck)
    relation = b'<Relationship Id="rId77" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/diagramData" Target="../diagrams/data1.xml"/>'
    words = f"<d {nsdecls('a')}><a:p><a:r><a:t>粮食基地</a:t></a:r></a:p></d>".encode()
    relations = part(data, "ppt/slides/_rels/slide1.xml.rels").replace(
        b"</Relationships>", relation + b"</Relationships>"
    )
    kinds = part(data, "[Content_Types].xml")
    assert b'Extension="xml"' in kinds
    full = edited(data, {"ppt/slides/_rels/slide1.xml.rels": relations, "ppt/diagrams/data1.xml": words})
    assert read(full).text == "标题\n粮食基地\n"


def test_hidden_slides_are_read() -> None:
    data = report()
    hidden = part(data, "ppt/slides/slide2.xml").replace(b"<p:sld ", b'<p:sld show="0" ', 1)
    assert read(edited(data, {"ppt/slides/slide2.xml": hidden})).text == REPORT


def test_slides_without_their_pictures_theme_and_notes_master_are_read() -> None:
    data = edited(report(), {"ppt/theme/theme1.xml": b"<broken", "docProps/app.xml": None, "ppt/presProps.xml": b""})
    assert read(data).text == REPORT


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "幻灯片文件读不了：文件不完整或已损坏"),
        (report()[:20_000], "幻灯片文件读不了：文件不完整或已损坏"),
        (saved(Presentation()), EMPTY_MESSAGE),
        (LOCKED, LOCKED_MESSAGE),
        (edited(report(), {"ppt/slides/slide2.xml": b"<p:sld"}), "幻灯片文件读不了：ppt/slides/slide2.xml 已损坏"),
        (edited(report(), {"ppt/slides/slide2.xml": b"<!DOCTYPE a><a/>"}), "幻灯片文件读不了：ppt/slides/slide2.xml 里有文档类型声明"),
    ],
    ids=["empty file", "cut", "no words", "locked", "cut slide", "entities"],
)  # fmt: skip
def test_bad_slides_are_refused_with_what_mends_them(data: bytes, message: str) -> None:
    with pytest.raises(JudianError) as error:
        read(data)
    assert str(error.value).startswith(message)


DECK = report()
bounded = settings(max_examples=50, deadline=None, suppress_health_check=list(HealthCheck))


@bounded
@given(damages(report()))
def test_any_damaged_deck_is_read_or_refused(data: bytes) -> None:
    survives(read, data)


@bounded
@given(
    st.sampled_from(["ppt/slides/slide3.xml", "ppt/presentation.xml", "ppt/charts/chart1.xml"]).flatmap(
        lambda n: damaged_parts(DECK, n)
    )
)
def test_a_deck_with_a_damaged_part_is_read_or_refused(data: bytes) -> None:
    survives(read, data)
