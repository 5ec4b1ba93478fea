"""Rows of cells -> one line a row that repeats the heads of its columns: 地区：河南；产量·2012年：5638。 Pure.

The heads are found under title rows and over several rows of merged cells; a form (姓名 | 张三 | 性别 | 男) is read
in pairs; a table without heads is read cell after cell. Works on a stream: only a few rows are held at a time.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, groupby, islice

from index.readers.lines import one_line, tidy

ACROSS = "\ue0ff"  # a cell that the merged cell on its left covers; one covered from above repeats its words
LOOKAHEAD = 30  # rows of a block that are looked at to find its heads
MAX_HEAD_ROWS = 4
MAX_NAME = 40  # characters of one head

Row = Sequence[str]

_VALUE = re.compile(
    r"[-+−(（]?\s*[¥￥$€]?\s*\d[\d,，.\s]*(?:[eE][-+]?\d+)?\s*(?:%|％|‰|[十百千万亿]*[元吨亩人户个件项斤米度公里千瓦时]{0,4})[)）]?"
    r"|(?:19|20)\d\d[-/.年]\d{1,2}(?:[-/.月](?:\d{1,2}日?)?)?(?:\s+\d{1,2}:\d\d(?::\d\d)?)?|\d{1,2}月\d{1,2}日|\d{1,2}:\d\d(?::\d\d)?"
    r"|[-—－–…/\\*]+"
)
_YEAR = re.compile(r"(?:19|20)\d\d年?度?|[1-4一二三四]季度|\d{1,2}月份?|第?[一二三四]季度")
_SENTENCE = re.compile("[。！？!?；;]")
_UNIT = re.compile(r"[（(【\[][^）)】\]]{1,12}[）)】\]]|[%％‰]|[十百千万亿]{0,2}[元吨亩人户个件项斤米]")
_HEAD_WORD = re.compile(
    r"序\s*号|(?:.*(?:名称|姓名|单位|部门|内容|时间|日期|年份|年度|类型|类别|编号|代码|备注|说明|要求|标准|任务|措施|目标|地点"
    r"|情况|方式|依据|事项|项目|指标|来源|地区|省份|城市|品种|职务|职责|职称|级别|等级|数量|金额|比重|增长|合计|总计|得分"
    r"|[率额量值数]))(?:[（(].*[）)])?"
)
_FORM_WORD = re.compile(
    r"姓\s*名|性\s*别|民\s*族|年\s*龄|籍\s*贯|政治面貌|学\s*[历位]|专\s*业|毕业(?:院校|学校)|职\s*[务称]|出生(?:年月|日期|地)"
    r"|(?:联系|办公|移动)?电\s*话|手\s*机(?:号码?)?|传\s*真|(?:电子)?邮\s*箱|邮\s*编|邮政编码|(?:通[讯信]|联系|家庭|单位|详细)?地\s*址"
    r"|(?:工作|申报|填报|所在|申请|主管|承办|建设)?单\s*位(?:名称)?|身份证号码?|联\s*系\s*人|负\s*责\s*人|法定代表人|主持人|记录人|填表人"
    r"|(?:项目|单位|企业|会议)?(?:名\s*称|编\s*号|时\s*间|地\s*点|主\s*题)|日\s*期|备\s*注|.{1,12}[：:]"
)


def table_lines(rows: Iterable[Row], heads: int = 0, headed: bool = False) -> Iterator[str]:
    """The lines of a table. `heads` is how many rows in front the format marks as heads; more are looked for.

    `headed` says that such a table mostly has heads, so that a row of words alone is taken for them. Blank rows part
    tables; one without heads of its own goes on under those before it.
    """
    names: list[str] = []
    for blank, block in groupby(rows, key=_blank):
        if blank:
            continue
        look = list(islice(block, LOOKAHEAD))
        titles = _titles(look, heads)
        yield from (one_line(_filled(row)[0][1]) for row in look[:titles])
        body = look[titles:]
        depth = max(min(heads - titles, len(body)), _head_rows(body, alone=not names, headed=headed))
        heads = 0
        if depth:
            names = _names(body[:depth])
        paired = not names and _in_pairs(body)
        said = False
        for row in chain(body[depth:], block):
            line = _pairs(row) if paired else _line(row, names)
            said = said or bool(line)
            yield from [line] if line else []
        if not said:  # heads and nothing under them
            yield from (_line(row, []) for row in body)


def _blank(row: Row) -> bool:
    return all(cell == ACROSS or not cell or cell.isspace() for cell in row)


def _filled(row: Row) -> list[tuple[int, str]]:
    return [(i, cell) for i, cell in enumerate(row) if cell and cell != ACROSS and not cell.isspace()]


def _titles(rows: list[Row], heads: int) -> int:
    """How many rows in front hold one cell alone, in a table of more columns; a known head may stand over one column."""
    alone = [len(_filled(row)) == 1 and not (heads and _filled(row)[0][0] > 0) for row in rows]
    return alone.index(False) if False in alone else 0


def _is_value(cell: str) -> bool:
    return _VALUE.fullmatch(cell.strip()) is not None


def _labels(row: Row) -> bool:
    """Whether every filled cell may be the head of a column."""
    cells = [one_line(cell) for _, cell in _filled(row)]
    return bool(cells) and all(
        len(c) <= MAX_NAME and not _SENTENCE.search(c) and (_YEAR.fullmatch(c) is not None or not _is_value(c))
        for c in cells
    )


def _head_rows(rows: list[Row], alone: bool, headed: bool) -> int:
    """How many of the first rows are heads. `alone`: no table stands before, so rows of words may be heads too."""
    if len(rows) < 2 or len(_filled(rows[0])) < 2 or not _labels(rows[0]):
        return 0
    depth = 1
    while depth < min(len(rows) - 1, MAX_HEAD_ROWS) and _goes_on(rows[depth - 1], rows[depth]):
        depth += 1
    if _contrast(rows[depth - 1], rows[depth:]):
        return depth
    if not alone or _in_pairs(rows):
        return 0
    return depth if headed or depth > 1 or _speaks_of(rows[0], rows[depth:]) else 0


def _goes_on(row: Row, following: Row) -> bool:
    """Whether `following` is one more row of the heads that `row` belongs to."""
    if not _labels(following):
        return False
    below = _filled(following)
    if all(_UNIT.fullmatch(cell.strip()) for _, cell in below):
        return True
    covered = [i for i, cell in below if i < len(row) and row[i] == ACROSS]
    repeated = [i for i, cell in below if i < len(row) and row[i] == cell]
    bare = [i for i, _ in below if i and i < len(row) and not row[i].strip()]
    return bool(covered or repeated) or (bool(bare) and below[0][0] > 0)


def _contrast(head: Row, body: list[Row]) -> bool:
    """Whether some column holds mostly numbers under a head that is none."""
    for i, name in enumerate(head):
        cells = [row[i].strip() for row in body if i < len(row) and row[i].strip() and row[i] != ACROSS]
        numbers = sum(_is_value(c) and not _YEAR.fullmatch(c) for c in cells)
        if name != ACROSS and name.strip() and cells and numbers > len(cells) / 2:
            return True
    return False


def _speaks_of(head: Row, body: list[Row]) -> bool:
    """Whether a row of words names columns: by the words that heads are made of, or by being the shorter."""
    names = [one_line(cell) for _, cell in _filled(head)]
    if sum(_HEAD_WORD.fullmatch(n) is not None for n in names) >= len(names) / 2:
        return True
    cells = [len(cell) for row in body for _, cell in _filled(row)]
    return bool(cells) and sum(cells) / len(cells) >= 2 * sum(map(len, names)) / len(names)


def _in_pairs(rows: list[Row]) -> bool:
    """Whether the rows are a form: label and value in turn."""
    filled = [[one_line(cell) for _, cell in _filled(row)] for row in rows]
    if max(map(len, filled), default=0) <= 2:
        return all(len(cells[0]) <= 20 for cells in filled if len(cells) == 2)
    forms = [c for c in filled if _label_first(c)]
    return len(forms) >= 2 and len(forms) * 2 >= len([c for c in filled if len(c) > 1])


def _label_first(cells: list[str]) -> bool:
    labels, values = cells[::2], cells[1::2]
    return (
        len(cells) > 1
        and all(_FORM_WORD.fullmatch(c) for c in labels[: len(values)])
        and not any(_FORM_WORD.fullmatch(c) for c in values)
    )


def _names(rows: list[Row]) -> list[str]:
    """The name of each column, from the top head down: 产量·2012年（万吨）."""
    width = max(map(len, rows))
    columns: list[list[str]] = [[] for _ in range(width)]
    for n, row in enumerate(rows):
        left = ""
        for i, parts in enumerate(columns):
            cell = row[i] if i < len(row) else ""
            under = n + 1 < len(rows) and i > 0 and i < len(rows[n + 1]) and bool(rows[n + 1][i].strip())
            if cell != ACROSS and (cell.strip() or not under):
                left = one_line(cell).rstrip("：:")
            if left and left not in parts:
                parts.append(left)
    return [_joined(parts) for parts in columns]


def _joined(parts: list[str]) -> str:
    name = ""
    for part in parts:
        name += part if not name or part[0] in "（([【" else f"·{part}"
    return name


def _line(row: Row, names: list[str]) -> str:
    filled = _filled(row)
    if not filled:
        return ""
    named = [(names[i] if i < len(names) else "", flat(cell)) for i, cell in filled]
    if filled[0][0] == 0 and list(row[1:2]) == [ACROSS] and len(filled) > 1:
        named[0] = ("", named[0][1])  # 合计, over the first columns
    if len(filled) == 1 and not named[0][0]:
        return named[0][1]
    if len(filled) == 1 and filled[0][0] == 0 and (ACROSS in row or not _is_value(filled[0][1])):
        return named[0][1]  # a row that names the group of those below
    if all(name == value for name, value in named):  # the heads again, at the top of a page
        return ""
    return _ended("；".join(f"{name}：{value}" if name else value for name, value in named))


def _pairs(row: Row) -> str:
    cells = [flat(cell) for _, cell in _filled(row)]
    if len(cells) < 2:
        return "".join(cells)
    pairs = [f"{label.rstrip('：:')}：{value}" for label, value in zip(cells[::2], cells[1::2], strict=False)]
    return _ended("；".join([*pairs, *cells[len(pairs) * 2 :]]))


def flat(cell: str) -> str:
    """The words of a cell on one line; a comma stands where a paragraph without a stop ended."""
    lines = [line.strip() for line in tidy(cell).split("\n") if line.strip()]
    return "".join(
        line if n == len(lines) - 1 or line[-1] in "。！？!?；;，,、：:" else f"{line}，"
        for n, line in enumerate(lines)
    )


def _ended(line: str) -> str:
    return line if line[-1] in "。！？!?；;…" else f"{line}。"
