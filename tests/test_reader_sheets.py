"""Workbooks and tables in text: sheets as headings, rows that repeat their heads, values as people see them."""

from __future__ import annotations

import datetime
import itertools
import time
import zipfile
from io import BytesIO

import openpyxl
import pytest
import xlwt
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from office import EMPTY_MESSAGE, LOCKED, LOCKED_MESSAGE, OLE, check, damaged_parts, damages, edited, part, survives

from index.errors import JudianError
from index.extract import FormatHeading
from index.readers.cells import shown
from index.readers.sheets import read
from index.readers.tables import ACROSS, MAX_HEAD_ROWS, table_lines


def saved(book: openpyxl.Workbook) -> bytes:
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def yearly() -> bytes:
    """A yearly table as statistics offices make it: a title, a unit, two rows of merged heads, a note, a hidden sheet."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "粮食产量"
    for row in [
        ["2012年主要地区粮食产量统计表"],
        ["单位：万吨"],
        ["地区", "产量", None, "增长率", "统计日期", "备注\n（说明）"],
        [None, "2011年", "2012年"],
        ["河南", 5542.5, 5638.6, 0.0173, datetime.datetime(2013, 3, 1)],
        ["山东", 4426.29, 4511.4, 0.0192, datetime.datetime(2013, 3, 1), "含青岛\n初步数"],
        [None],
        ["注：本表数据来自国家统计局。"],
    ]:
        sheet.append(row)
    for merged in ("A1:F1", "A3:A4", "B3:C3", "D3:D4", "E3:E4", "F3:F4"):
        sheet.merge_cells(merged)
    for row in (5, 6):
        sheet.cell(row, 3).number_format = "#,##0.00"
        sheet.cell(row, 4).number_format = "0.0%"
        sheet.cell(row, 5).number_format = 'yyyy"年"m"月"d"日"'
    codes = book.create_sheet("编码表")
    codes.sheet_state = "hidden"
    codes.append(["地区编码", "面积"])
    codes.append([410, 41334])
    codes["A2"].number_format = "000000"
    book.create_sheet("空表")
    book.properties.created = datetime.datetime(2013, 3, 5, 9, 30)
    return saved(book)


YEARLY = """粮食产量
2012年主要地区粮食产量统计表
单位：万吨
地区：河南；产量·2011年：5542.5；产量·2012年：5,638.60；增长率：1.7%；统计日期：2013年3月1日。
地区：山东；产量·2011年：4426.29；产量·2012年：4,511.40；增长率：1.9%；统计日期：2013年3月1日；备注（说明）：含青岛，初步数。
注：本表数据来自国家统计局。
编码表
地区编码：000410；面积：41334。
"""


def test_each_row_of_a_workbook_repeats_its_heads_under_the_name_of_its_sheet() -> None:
    extract = read(yearly())
    assert extract.text == YEARLY
    assert [extract.text[h.start : h.end] for h in extract.headings] == ["粮食产量", "编码表"]
    assert (extract.layout, extract.pages, extract.title, extract.date) == ((), (), "", "")
    check(extract)


def test_the_title_of_the_file_counts_when_people_see_it() -> None:
    book = openpyxl.load_workbook(BytesIO(yearly()))
    book.properties.title = "2012年主要地区粮食产量统计表"
    assert read(saved(book)).title == "2012年主要地区粮食产量统计表"
    book.properties.title = "某年的模板"
    assert read(saved(book)).title == ""


def test_formulas_show_the_values_last_computed() -> None:
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active.append(["地区", "产量"])
    book.active.append(["合计", "=SUM(1,2)"])
    data = saved(book)
    sheet = (
        part(data, "xl/worksheets/sheet1.xml")
        .replace(b"<v></v>", b"<v>10150.5</v>")
        .replace(b"<v/>", b"<v>10150.5</v>")
    )
    assert b"10150.5" in sheet
    assert read(edited(data, {"xl/worksheets/sheet1.xml": sheet})).text == "Sheet\n地区：合计；产量：10150.5。\n"


def test_an_old_workbook_reads_as_a_new_one() -> None:
    book = xlwt.Workbook(encoding="utf-8")
    sheet = book.add_sheet("粮食产量")
    sheet.write_merge(0, 0, 0, 3, "2012年产量表")
    sheet.write_merge(1, 2, 0, 0, "地区")
    sheet.write_merge(1, 1, 1, 2, "产量")
    sheet.write(2, 1, "2011年")
    sheet.write(2, 2, "2012年")
    sheet.write_merge(1, 2, 3, 3, "日期")
    sheet.write(3, 0, "河南")
    sheet.write(3, 1, 5542.5)
    sheet.write(3, 2, 0.0173, xlwt.easyxf(num_format_str="0.0%"))
    sheet.write(3, 3, datetime.datetime(2013, 3, 1), xlwt.easyxf(num_format_str="yyyy-mm-dd"))
    out = BytesIO()
    book.save(out)
    extract = read(out.getvalue())
    assert (
        extract.text
        == "粮食产量\n2012年产量表\n地区：河南；产量·2011年：5542.5；产量·2012年：1.7%；日期：2013-03-01。\n"
    )
    check(extract)


CSV = '地区,产量（万吨）,说明\n河南,5638.6,"连续九年\n增产"\n山东,4511.4,\n'


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("sign", [",", "\t", ";", "|"])
def test_csv_is_read_in_every_encoding_and_with_every_sign(encoding: str, sign: str) -> None:
    extract = read(CSV.replace(",", sign).encode(encoding))
    assert (
        extract.text == "地区：河南；产量（万吨）：5638.6；说明：连续九年，增产。\n地区：山东；产量（万吨）：4511.4。\n"
    )
    assert extract.headings == ()


def test_excel_s_own_line_of_a_csv_names_the_sign() -> None:
    assert read("sep=;\n地区;值\n甲,乙;1\n".encode()).text == "地区：甲,乙；值：1。\n"


def test_a_page_saved_as_a_workbook_is_read_as_the_page() -> None:
    page = "<html><meta charset=gb2312><table><tr><th>地区</th><th>产量</th></tr><tr><td>河南</td><td>5638</td></tr></table>"
    assert read(page.encode("gb18030")).text == "地区：河南；产量：5638。\n"


@pytest.mark.parametrize(
    ("rows", "lines"),
    [
        (
            [["姓名", "张三", "性别", "男"], ["单位", "农业厅", "电话", "0371-1"]],
            ["姓名：张三；性别：男。", "单位：农业厅；电话：0371-1。"],
        ),
        ([["会议主题", "粮食工作"], ["议程", "听取汇报"]], ["会议主题：粮食工作。", "议程：听取汇报。"]),
        ([["张三", "李四", "王五"], ["赵六", "孙七", "周八"]], ["张三；李四；王五。", "赵六；孙七；周八。"]),
        ([["河南", "5638"], ["山东", "4511"]], ["河南：5638。", "山东：4511。"]),
        (
            [["序号", "任务", "牵头部门"], ["1", "建高标准农田", "农业厅"]],
            ["序号：1；任务：建高标准农田；牵头部门：农业厅。"],
        ),
        ([["地区", "2011", "2012"], ["河南", "5542.5", "5638.6"]], ["地区：河南；2011：5542.5；2012：5638.6。"]),
        (
            [["地区", "产量", "", "备注"], ["", "2011年", "2012年", ""], ["河南", "1", "2", "好"]],
            ["地区：河南；产量·2011年：1；产量·2012年：2；备注：好。"],
        ),
        ([["地区", "产量"], ["", "（万吨）"], ["河南", "1"]], ["地区：河南；产量（万吨）：1。"]),
        (
            [["地区", "产量"], ["河南", "1"], ["地区", "产量"], ["山东", "2"]],
            ["地区：河南；产量：1。", "地区：山东；产量：2。"],
        ),
        (
            [["甲表", ""], ["地区", "产量"], ["河南", "1"], ["", ""], ["乙表", ""], ["城市", "面积"], ["郑州", "7"]],
            ["甲表", "地区：河南；产量：1。", "乙表", "城市：郑州；面积：7。"],
        ),
        (
            [["地区", "产量"], ["河南", "1"], ["", ""], ["山东", "2"]],
            ["地区：河南；产量：1。", "地区：山东；产量：2。"],
        ),
        ([["地区", "产量"], ["一、中部", ACROSS], ["河南", "1"]], ["一、中部", "地区：河南；产量：1。"]),
        (
            [["地区", "产量", ACROSS], ["河南", "无数据", ACROSS], ["山东", "1", "2"]],
            ["地区：河南；产量：无数据。", "地区：山东；产量：1；产量：2。"],
        ),
        (
            [["序号", "项目", "金额（元）"], ["1", "种子", "3,000"], ["合计", ACROSS, "3,000"]],
            ["序号：1；项目：种子；金额（元）：3,000。", "合计；金额（元）：3,000。"],
        ),
        ([["地区", "产量"]], ["地区：产量。"]),
        ([], []),
    ],
    ids=[
        "form",
        "pairs",
        "names",
        "two columns",
        "words",
        "years",
        "sloppy heads",
        "units",
        "repeated heads",
        "two tables",
        "gap",
        "group row",
        "merged cell",
        "total",
        "heads alone",
        "nothing",
    ],
)
def test_heads_are_found_where_there_are_some(rows: list[list[str]], lines: list[str]) -> None:
    assert list(table_lines(rows)) == lines


kinds = st.sampled_from(["", ACROSS, "地区{}", "{}", "2012年{}", "（万吨{}）", "甲{}。", " "])


@given(st.lists(st.lists(kinds, max_size=6), max_size=14), st.integers(0, 3), st.booleans())
def test_no_word_under_the_heads_of_a_table_is_lost(pattern: list[list[str]], heads: int, headed: bool) -> None:
    rows = [[kind.format(100 * n + i) for i, kind in enumerate(row)] for n, row in enumerate(pattern)]
    text = "".join(table_lines(rows, heads, headed))
    words = [[cell for cell in row if cell.strip() and cell != ACROSS] for row in rows]
    for _, block in itertools.groupby(words, key=bool):
        under = list(itertools.dropwhile(lambda row: len(row) == 1, block))[MAX_HEAD_ROWS:]
        assert all(word in text for row in under for word in row)


@pytest.mark.parametrize(
    ("value", "code", "text"),
    [
        (41334.0, "General", "41334"),
        (0.1 + 0.2, "General", "0.3"),
        (1234567.891, "#,##0.00", "1,234,567.89"),
        (-1234.5, "#,##0.00_);(#,##0.00)", "(1,234.50)"),
        (-5.0, "0", "-5"),
        (-0.001, "0.00", "0.00"),
        (0.0173, "0.0%", "1.7%"),
        (2.675, "0.00", "2.68"),
        (12.0, "0.##", "12"),
        (101.0, "000000", "000101"),
        (0.0, '0.0;-0.0;"—"', "—"),
        (5638.6, '0.0"万吨"', "5638.6万吨"),
        (99.5, '"¥"#,##0.00', "¥99.50"),
        (99.5, "[$¥-804]#,##0.00", "¥99.50"),
        (12345678.0, '#,##0,"千"', "12,346千"),
        (123456.0, "0.00E+00", "1.23E+05"),
        (0.5, "# ?/?", "0.5"),
        (7.0, "@", "7"),
        (True, "General", "TRUE"),
        (None, "0.00", ""),
        ("文字", "0.00", "文字"),
        (datetime.datetime(2013, 3, 5), "mm-dd-yy", "2013/3/5"),
        (datetime.datetime(2013, 3, 5), "General", "2013/3/5"),
        (datetime.datetime(2013, 3, 5), 'yyyy"年"m"月"', "2013年3月"),
        (datetime.datetime(2013, 3, 5), "[$-F800]dddd, mmmm dd, yyyy", "2013年3月5日"),
        (datetime.datetime(2013, 3, 5, 9, 5, 7), "yyyy-mm-dd hh:mm:ss", "2013-03-05 09:05:07"),
        (datetime.datetime(2013, 3, 5), "[$-804]aaaa", "星期二"),
        (datetime.date(2013, 3, 5), "yyyy/m/d;@", "2013/3/5"),
        (datetime.time(14, 30), "h:mm", "14:30"),
        (datetime.timedelta(hours=27, minutes=5), "[h]:mm:ss", "27:05:00"),
    ],
)
def test_a_value_is_shown_as_people_see_it(value: object, code: str, text: str) -> None:
    assert shown(value, code) == text  # type: ignore[arg-type]


@given(st.floats(allow_nan=False, allow_infinity=False), st.text(alphabet='0#,.%;"年[]_*E+-?/@\\!yMdhsaG', max_size=12))
def test_any_number_under_any_format_is_shown(value: float, code: str) -> None:
    assert isinstance(shown(value, code), str)


def test_a_format_that_chinese_excel_knows_by_number_shows_a_date() -> None:
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active.append(["名称", "日期"])
    book.active.append(["甲", 41334])
    book.active["B2"].number_format = "0.00"
    data = saved(book)
    styles = part(data, "xl/styles.xml").replace(b'numFmtId="2"', b'numFmtId="31"')
    assert read(edited(data, {"xl/styles.xml": styles})).text == "Sheet\n名称：甲；日期：2013年3月1日。\n"


def rows_without_words(cells: str) -> bytes:
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active.append(["只有这一格有字"])
    data = saved(book)
    before, after = part(data, "xl/worksheets/sheet1.xml").split(b"</sheetData>")
    rows = "".join(f'<row r="{n}">{cells.replace("#", str(n))}</row>' for n in range(2, 1_000_001))
    return edited(data, {"xl/worksheets/sheet1.xml": before + rows.encode() + b"</sheetData>" + after})


@pytest.mark.parametrize("cells", ["", '<c r="A#" s="0"/><c r="B#" s="0"/><c r="C#" s="0"/>'], ids=["bare", "styled"])
def test_a_million_empty_rows_take_seconds(cells: str) -> None:
    data = rows_without_words(cells)
    began = time.monotonic()
    assert read(data).text == "Sheet\n只有这一格有字\n"
    assert time.monotonic() - began < 60


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (LOCKED, LOCKED_MESSAGE),
        (b"", "文件是空的，没有可以检索的文字。"),
        (yearly()[:3000], "表格文件读不了：文件不完整或已损坏"),
        (OLE + bytes(2000), "表格文件读不了：文件不完整或已损坏"),
        (saved(openpyxl.Workbook()), EMPTY_MESSAGE),
        (bytes(range(256)) * 20, "无法识别文件的编码。"),
    ],
    ids=["locked", "empty", "cut", "not a workbook", "no words", "binary"],
)
def test_a_bad_workbook_is_refused_with_what_mends_it(data: bytes, message: str) -> None:
    with pytest.raises(JudianError) as error:
        read(data)
    assert str(error.value).startswith(message)


def test_an_encrypted_old_workbook_is_told_from_a_damaged_one() -> None:
    # a BIFF8 stream: its beginning, then FILEPASS
    stream = (
        b"\x09\x08\x10\x00\x00\x06\x05\x00\xbb\x0d\xcc\x07\x00\x00\x00\x00\x00\x00\x00\x00"
        + b"\x2f\x00\x06\x00"
        + bytes(6)
    )
    with pytest.raises(JudianError, match="有密码"):
        read(stream)


def test_a_zip_bomb_is_refused_before_it_is_unpacked() -> None:
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for n in range(4):
            archive.writestr(f"xl/worksheets/sheet{n}.xml", bytes(32 << 20))
    with pytest.raises(JudianError, match=r"压缩包异常：\d+ 字节展开后有 134217728 字节、4 个部件，像是压缩炸弹"):
        read(out.getvalue())


def test_entities_are_refused() -> None:
    bomb = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">]>' + part(yearly(), "xl/worksheets/sheet1.xml")
    with pytest.raises(JudianError, match=r"sheet1\.xml 里有文档类型声明"):
        read(edited(yearly(), {"xl/worksheets/sheet1.xml": bomb}))


def test_a_workbook_without_its_styles_is_still_read() -> None:
    extract = read(edited(yearly(), {"xl/styles.xml": b"<broken", "docProps/core.xml": None}))
    assert extract.text.startswith("粮食产量\n2012年主要地区粮食产量统计表\n")
    assert extract.headings[0] == FormatHeading(1, 0, 4)


bounded = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))


@bounded
@given(damages(yearly()))
def test_any_damaged_workbook_is_read_or_refused(data: bytes) -> None:
    survives(read, data)


@bounded
@given(
    st.sampled_from(["xl/worksheets/sheet1.xml", "xl/workbook.xml", "xl/styles.xml"]).flatmap(
        lambda n: damaged_parts(yearly(), n)
    )
)
def test_a_workbook_with_a_damaged_part_is_read_or_refused(data: bytes) -> None:
    survives(read, data)


@bounded
@given(st.binary(max_size=300) | st.text(max_size=200).map(str.encode))
def test_anything_named_csv_is_read_or_refused(data: bytes) -> None:
    survives(read, data)
