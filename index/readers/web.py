"""Bytes of a web page (.html .htm .mhtml) -> an Extract: its main text without menus, headings, a line a table row."""

from __future__ import annotations

import codecs
import re
from copy import deepcopy
from typing import TYPE_CHECKING

from index.extract import Extract
from index.readers import plain
from index.readers.faults import DamagedFileError, EmptyFileError, guarded
from index.readers.htmlblocks import Block, blocks
from index.readers.lines import Lines

if TYPE_CHECKING:
    from lxml.html import HtmlElement

KIND = "网页文件"
MAX_BYTES = 64 << 20
LARGE = 2_000_000  # characters; larger pages are lists and tables, and the search for a main text takes minutes
MIN_SHARE = 0.3  # of a page's words that are no links: a main text of fewer was not the main text
MIN_SURE = 6  # characters of a line that tells where the main text is
MIN_ARTICLE = 25  # characters; the library's own bounds are those of English articles

_MIME = re.compile(rb"^(?:[\w-]+:[^\n]*\n(?:[ \t][^\n]*\n)*){1,40}?(?:mime-version|content-type):", re.I)
_DECLARED = re.compile(rb"""(?:charset|encoding)\s*=\s*["']?\s*([\w.:-]{2,40})""", re.I)
_TOOLBAR = re.compile(
    r"(?:[\s|｜【】\[\]:：/·>＞]|打印(?:本页|文章)?|关闭(?:窗口|本页)?|返回(?:顶部|首页|列表)?|收藏|分享到?|字号|字体|大|中|小|首页|上一[页篇条]|下一[页篇条]|微信|微博|扫一扫)+"
)
_IMPRINT = re.compile(
    r"版权所有|备案号?[：:\s]|ICP[备证]|公网安备|网站标识码|主办(?:单位)?[：:]|承办(?:单位)?[：:]|Copyright|©|网站地图",
    re.I,
)


def read(data: bytes) -> Extract:
    """The main text of `data`. Raises EmptyFileError, DamagedFileError, NotTextError."""
    if len(data) > MAX_BYTES:
        raise DamagedFileError(KIND, f"网页有 {len(data)} 字节，超过上限 {MAX_BYTES}")
    with guarded(KIND):
        if _MIME.match(data[:4000]):
            from index.readers import mail

            return read_text(mail.saved_page(data))
        return read_text(decode(data))


def decode(data: bytes, charset: str = "") -> str:
    """Text of `data`: by its byte order mark, by `charset`, by what it declares of itself, else as plain text is."""
    if not data.startswith((codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        declared = [m[1].decode("ascii", "replace") for m in _DECLARED.finditer(data[:4096])]
        for name in [n.lower() for n in (charset, *declared[:3]) if n]:
            try:
                return data.decode("gb18030" if name in ("gb2312", "gbk", "gb_2312-80", "cp936") else name)
            except (LookupError, ValueError):
                continue
    return plain.decode(data)


def read_text(page: str) -> Extract:
    """The main text of a page that is decoded."""
    bare = re.sub(r"^\s*<\?xml[^>]*>|\x00|</(?:body|html)\s*>", "", page, flags=re.I)  # words may follow the end
    if not bare.strip():
        raise EmptyFileError
    root, deep = _tree(bare)
    body = root.find("body")
    found = blocks(root if body is None else body)
    main, title, date = ("", "", "") if deep else _main_text(bare)
    lines = Lines()
    for block in _chosen(found, main):
        lines.add(block.text, block.level)
    stated = title or " ".join((root.findtext(".//title") or "").split())
    heading = next((block.text for block in found if block.level == 1), "")
    return lines.extract(stated if lines.begins_with(stated) else heading or stated, date)


def _tree(page: str) -> tuple[HtmlElement, bool]:
    """The page's tree, and whether its tags are nested deeper than other libraries follow: marks never closed do that.

    Past its bound the parser drops the rest of the page without a word.
    """
    import lxml.html

    for huge in (False, True):
        parser = lxml.html.HTMLParser(huge_tree=huge)
        root = lxml.html.document_fromstring(page, parser=parser)
        if not any(entry.type_name == "ERR_RESOURCE_LIMIT" for entry in parser.error_log):
            return root, huge
    raise DamagedFileError(KIND, "标签嵌套得太深，读不完整")


def _main_text(page: str) -> tuple[str, str, str]:
    """What the library takes for the words of the article, without blanks; its title and its date."""
    if len(page) > LARGE:
        return "", "", ""
    import trafilatura
    from trafilatura.settings import DEFAULT_CONFIG

    config = deepcopy(DEFAULT_CONFIG)
    for name in ("MIN_EXTRACTED_SIZE", "MIN_OUTPUT_SIZE"):
        config.set("DEFAULT", name, str(MIN_ARTICLE))
    try:
        found = trafilatura.bare_extraction(page, include_comments=False, with_metadata=True, config=config)
    except Exception:  # the page is read all the same, menus told by their links
        return "", "", ""
    if found is None or isinstance(found, dict):
        return "", "", ""
    words = "" if found.body is None else "".join("".join(found.body.itertext()).split())
    return words, found.title or "", found.date or ""


class _Article:
    """The words of the article, ready to be asked for those of many blocks."""

    def __init__(self, words: str) -> None:
        self._words = words
        self._pieces = {words[i : i + MIN_SURE] for i in range(len(words) - MIN_SURE + 1)}

    def holds(self, block: Block) -> bool:
        """Whether the words of `block`, enough to tell, are in the article."""
        bare = "".join(block.text.split())
        ends = bare[:MIN_SURE] in self._pieces and bare[-MIN_SURE:] in self._pieces
        return ends and bare in self._words


def _chosen(found: list[Block], main: str) -> list[Block]:
    """The blocks from the first to the last of the main text, without the menus between; all but menus if in doubt."""
    article = _Article(main)
    sure = [n for n, b in enumerate(found) if not b.dense and article.holds(b)]
    words = [b for b in found if not _is_menu(b)]
    if sure:
        first, last = sure[0], sure[-1]
        while first and found[first - 1].group == found[first].group and not _is_menu(found[first - 1]):
            first -= 1
        while last + 1 < len(found) and found[last + 1].group == found[last].group and not _is_menu(found[last + 1]):
            last += 1
        headings = [b for b in found[:first] if b.level == 1][-1:]
        inside = [b for b in found[first : last + 1] if not _is_menu(b) or (article.holds(b) and not _is_toolbar(b))]
        if _length(headings + inside) >= MIN_SHARE * _length(words):
            words = headings + inside
    while words and _is_imprint(words[-1]):
        words.pop()
    return words or found


def _is_menu(block: Block) -> bool:
    return block.furniture or (block.dense and block.anchors > 1) or _is_toolbar(block)


def _is_toolbar(block: Block) -> bool:
    return _TOOLBAR.fullmatch(block.text) is not None and not block.level


def _is_imprint(block: Block) -> bool:
    """Whether a block at the end of a page says who runs the site."""
    return len(block.text) < 200 and _IMPRINT.search(block.text) is not None


def _length(found: list[Block]) -> int:
    return sum(len(block.text) for block in found)
