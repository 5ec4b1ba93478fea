"""Bytes of a .pdf -> its text with pages, headings and what belongs to the page; pages without text are read by OCR."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from index.extract import Extract
from index.readers import scan
from index.readers.book import Sheet, bind
from index.readers.layout import Line, Page, Rule, Run, pieces
from index.readers.paragraphs import body_size
from index.readers.pdfium import PageError, PdfError, Pdfium
from index.readers.ruled import Table, as_line, find_tables, rows
from index.readers.running import running, watermarks

MAX_PAGES = 20_000
GARBLED = 0.2  # of the letters have no meaning in Unicode: the text layer is not one
STAMP = 60  # letters of a page that a picture fills; so few are a stamp of the scanner on it
PICTURE = 0.6  # of the page, the share of a picture that fills it

Progress = Callable[[int, int], None]
_RADICALS = dict(zip(
    "⺟⺠⻁⻄⻅⻆⻉⻋⻑⻓⻔⻘⻙⻚⻛⻜⻝⻢⻣⻤⻥⻦⻨⻩⻬⻮⻰⻳", "母民虎西见角贝车長长门青韦页风飞食马骨鬼鱼鸟麦黄齐齿龙龟", strict=True
))  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Leaf:
    """A page as read: its runs and what they are not; `gap` says in Chinese what of it is missing."""

    page: Page
    gap: str = ""


def read(data: bytes, ocr: bool = True, progress: Progress | None = None) -> Extract:
    """The text of the pdf. `progress` is told after each page how many are read, of how many.

    A page that holds a picture instead of text is read by OCR where that is installed; where it is not, a line of
    layout says so in its place. Raises PdfError when the file is locked, damaged or without any text.
    """
    with Pdfium(data) as pdf:
        if pdf.pages > MAX_PAGES:
            raise PdfError(f"PDF 有 {pdf.pages} 页，超过 {MAX_PAGES} 页。请拆成几个文件再添加。")
        leaves = []
        for number in range(pdf.pages):
            leaves.append(_leaf(pdf, number, ocr))
            if progress:
                progress(number + 1, pdf.pages)
        outline, title = pdf.outline, pdf.title
    gaps = [leaf.gap for leaf in leaves if leaf.gap]
    if not any(leaf.page.runs for leaf in leaves):
        raise PdfError(_nothing(gaps, ocr))
    return bind(_sheets(leaves), outline, title)


def _nothing(gaps: list[str], ocr: bool) -> str:
    if any("图片" in gap for gap in gaps) and ocr:
        return f"PDF 的 {len(gaps)} 页都是图片（扫描件），没有文字层。识别图片文字需要安装：{scan.INSTALL}"
    if any("图片" in gap for gap in gaps):
        return f"PDF 的 {len(gaps)} 页都是图片（扫描件），没有文字层，而文字识别已关闭，没有收录。"
    if gaps:
        return "PDF 的各页都已损坏，读不出文字。请用 PDF 阅读器打开后另存，再添加。"
    return "PDF 里没有可以检索的文字。"


def _leaf(pdf: Pdfium, number: int, ocr: bool) -> _Leaf:
    try:
        page = _readable(pdf.page(number))
        if not _pictured(page):
            return _Leaf(page)
        if ocr and scan.installed():
            return _Leaf(_recognised(pdf, number, page))
    except PageError:
        return _Leaf(Page(595, 842, [], []), f"〔第 {number + 1} 页已损坏，未能读出文字〕")
    kept = [] if _garbled(page.runs) else page.runs
    return _Leaf(replace(page, runs=kept), f"〔第 {number + 1} 页是图片，未能识别文字〕")


def _readable(page: Page) -> Page:
    """The page with letters that look like another, as fonts of some programs have them, as that one."""
    return replace(page, runs=[r for run in page.runs if (r := _folded(run)).text.strip()])


def _folded(run: Run) -> Run:
    if run.text.isascii() and run.text.isprintable():
        return run
    letters: list[tuple[str, float, float]] = []
    for letter, x0, x1 in zip(run.text, run.x0, run.x1, strict=True):
        if letter in "—…" and x1 - x0 > 1.6 * run.size:  # one glyph for two of them
            letters += [(letter, x0, (x0 + x1) / 2), (letter, (x0 + x1) / 2, x1)]
        elif unicodedata.category(letter) not in ("Cc", "Cs"):
            letters.append((_letter(letter), x0, x1))
    texts, x0s, x1s = zip(*letters, strict=True) if letters else ((), (), ())
    return replace(run, text="".join(texts), x0=tuple(x0s), x1=tuple(x1s))


def _letter(letter: str) -> str:
    """A Kangxi radical or a compatibility ideograph as the ideograph that it shows."""
    if "\u2f00" <= letter <= "\u2fd5" or "\uf900" <= letter <= "\ufaff":
        plain = unicodedata.normalize("NFKC", letter)
        return plain if len(plain) == 1 else letter
    return _RADICALS.get(letter, letter)


def _pictured(page: Page) -> bool:
    """Whether what the page says is not in its text layer."""
    letters = sum(len("".join(r.text.split())) for r in page.runs)
    if not page.marks and not letters:
        return False
    return not letters or (letters < STAMP and page.pictures >= PICTURE) or _garbled(page.runs)


def _garbled(runs: Sequence[Run]) -> bool:
    letters = "".join("".join(r.text.split()) for r in runs)
    lost = sum(c == "\ufffd" or unicodedata.category(c) in ("Co", "Cn") for c in letters)
    return bool(letters) and lost > GARBLED * len(letters)


def _recognised(pdf: Pdfium, number: int, page: Page) -> Page:
    picture = pdf.picture(number)
    runs = scan.recognise(scan.from_pixels(picture.width, picture.height, picture.pixels))
    scale = page.width / picture.width
    return replace(page, runs=[scan.scaled(run, scale) for run in runs], rules=[])


def _sheets(leaves: Sequence[_Leaf]) -> list[Sheet]:
    """The pages with their tables made and what belongs to the page set apart."""
    pages = [_upright(leaf.page) for leaf in leaves]
    body = body_size(run for page in pages for run in page.runs)
    marks = watermarks([page.runs for page in pages], body)
    lines: list[list[Line]] = []
    last: tuple[Table, tuple[str, ...]] | None = None
    for page, drop in zip(pages, marks, strict=True):
        found, last = _blocks(page, [r for i, r in enumerate(page.runs) if i not in drop], last)
        lines.append(found)
    ends = running(lines, [page.height for page in pages], body)
    stamps = [[page.runs[i].text.strip() for i in sorted(drop)] for page, drop in zip(pages, marks, strict=True)]
    return [_sheet(*sheet) for sheet in zip([leaf.gap for leaf in leaves], pages, lines, ends, stamps, strict=True)]


def _blocks(
    page: Page, runs: list[Run], last: tuple[Table, tuple[str, ...]] | None
) -> tuple[list[Line], tuple[Table, tuple[str, ...]] | None]:
    """Lines and tables of a page; a table that goes on from the page before has the heads of that one."""
    tables, rest = find_tables(page, [r for r in runs if r.quarter == 0])
    lines = pieces(rest)
    for table in sorted(tables, key=lambda t: t.ys[0]):
        first = last is not None and table.ys[0] < 0.25 * page.height
        same = last is not None and len(last[0].xs) == len(table.xs)
        goes_on = first and same and last is not None and _aligned(last[0], table)
        texts, heads = rows(table, last[1] if last and goes_on else ())
        lines.append(as_line(table, texts))
        last = (table, heads)
    side = [line for q in (1, 2, 3, -1) for line in pieces([r for r in runs if r.quarter == q])]
    lines += [replace(line, x0=0.0, x1=page.width, y=page.height * 0.86 + n) for n, line in enumerate(side)]
    return lines, last if last and tables else None


def _aligned(a: Table, b: Table) -> bool:
    return all(abs((x - a.xs[0]) - (y - b.xs[0])) < 4 for x, y in zip(a.xs, b.xs, strict=True))


def _upright(page: Page) -> Page:
    """The page turned so that most of its letters stand upright."""
    counts = {q: sum(len(r.text) for r in page.runs if r.quarter == q) for q in (0, 1, 2, 3)}
    turn = max(counts, key=lambda q: (counts[q], -q))
    if not turn:
        return page
    runs = [r if r.quarter < 0 else replace(r, quarter=(r.quarter - turn) % 4) for r in page.runs]
    width, height = (page.height, page.width) if turn != 2 else (page.width, page.height)
    rules = [Rule(*_turned(page, turn, r.x0, r.y0), *_turned(page, turn, r.x1, r.y1)) for r in page.rules]
    return replace(page, width=width, height=height, runs=runs, rules=rules)


def _turned(page: Page, quarter: int, x: float, y: float) -> tuple[float, float]:
    """The place on the page turned so that text of this direction is upright; that of runs is given so."""
    if quarter == 1:
        return y, page.width - x
    return (page.width - x, page.height - y) if quarter == 2 else (page.height - y, x)


def _sheet(gap: str, page: Page, lines: list[Line], ends: set[int], faint: list[str]) -> Sheet:
    order = sorted(ends, key=lambda i: (lines[i].y, lines[i].x0))
    head = [lines[i].text for i in order if lines[i].y < page.height / 2]
    foot = [lines[i].text for i in order if lines[i].y >= page.height / 2]
    kept = tuple(line for i, line in enumerate(lines) if i not in ends and (line.text or line.rows))
    return Sheet(kept, (*([gap] if gap else []), *head), (*faint, *foot), page.height)
