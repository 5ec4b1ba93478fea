"""Display text -> the title and the date that stand in it, where the format states none; empty when unsure. Pure."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from datetime import date

from index.cleanup.lines import Line, begins_item, lines_of
from index.extract import FormatHeading
from index.structure.headings import is_titular
from index.structure.numerals import parse_number

HEAD = 8  # lines at the start that may be title, subtitle and date
FOOT = 6  # lines at the end that may hold the date of signing
MAX_TITLE = 60  # characters of a title, and of a line that may hold a date
MAX_ABOVE = 500  # characters that may stand above the title
SEARCHED = 20_000  # characters at either end that are looked at

_DIGIT = "[〇○零OＯ一二三四五六七八九]"
_SPACE = r"[ \u00a0\u3000]?"
_CHINESE_DATE = re.compile(
    rf"({_DIGIT}{{4}}){_SPACE}年(?:{_SPACE}(元|[一二三四五六七八九十]{{1,2}}){_SPACE}月(?:{_SPACE}([一二三四五六七八九十]{{1,3}}){_SPACE}日)?)?"
)
_DATE = re.compile(
    rf"(?<!\d)(\d{{4}}){_SPACE}年(?:{_SPACE}(\d{{1,2}}){_SPACE}月(?:份|{_SPACE}(\d{{1,2}}){_SPACE}[日号])?)?"
    r"|(?<!\d)(\d{4})([-./])(\d{1,2})\5(\d{1,2})(?!\d)"
)
_AROUND = re.compile(
    r"[\s（）()\[\]【】〔〕:：|/—-]|星期[一二三四五六日天]|周[一二三四五六日]|[上下]午|\d{1,2}[:：]\d{2}(?:[:：]\d{2})?|印发|发布|通过|公布|施行|讯"
)
_LABEL = re.compile(
    r"^(?:发文|发布|成文|印发|公布|签发|填报|编制|报告|制定|更新|刊发|撰写|会议)?(?:日期|时间)\s*[:：]|^(?:来源|作者|发布者?|信息来源)\s*[:：]"
)
_NO_TITLE = re.compile(
    r"各位|尊敬的|同志们|女士们|来源\s*[:：]|作者\s*[:：]|编辑\s*[:：]|发布|日期|时间\s*[:：]|https?:|www\.|[\w.]+@|关键词|摘\s*要"
    r"|目\s*[录次]$|编号|密级|附件|[(（].{0,6}[号页][)）]$|.{0,16}[〔\[［(（]\d{4}[〕\]］)）]\s*(?:第\s*)?\d+\s*号|[|｜]"
)
_NAME_ONLY = re.compile(r".{0,20}文件$|(?:绝密|机密|秘密)(?:★.*)?$|(?:特急|加急|急件)$")
_KIND = re.compile(
    r"(?:通知|意见|办法|决定|报告|规定|方案|公告|通告|通报|批复|函|纪要|条例|细则|讲话|规划|纲要|说明|请示|总结|制度|规则|章程|合同|协议|手册|指南|标准|议案|令|公报|年报|简报|计划|致辞|声明|宣言|病历|\w书)"
    r"(?:[（(].{1,20}[)）])?$"
)
_OFFICE = re.compile(
    r"(?:法院|检察院|医院|公司|集团|委员会|办公[室厅]|政府|[局厅部委署院会]|大学|学院|学校|中心|协会|党委|支部)$"
)


def find_title(text: str, headings: Sequence[FormatHeading] = ()) -> str:
    """The title at the head of `text`, with its subtitle; `headings` are the format's, at places of `text`.

    A first line counts as one only when it is set apart, ends as a title does, and prose follows it.
    """
    lines = lines_of(text[:SEARCHED])[: HEAD + 1]
    first = next((h for h in headings if h.level == 1), None)
    if (
        first
        and first.start <= MAX_ABOVE
        and any(line.start <= first.start and first.end <= line.end + 1 for line in lines)
    ):
        words = " ".join(text[first.start : first.end].split())
        if 2 <= len(words) <= 2 * MAX_TITLE and (first.start == 0 or text[first.start - 1] in "\n\f# "):
            return words
    candidates = [n for n, line in enumerate(lines[:HEAD]) if not _is_letterhead(line.words)]
    if not candidates or candidates[0] > 3:
        return ""
    n = candidates[0]
    if n + 1 >= len(lines) or not _is_title(lines[n].words) or not _has_prose(text, lines[n]):
        return ""
    return _with_subtitle(lines[n:])


def _is_letterhead(words: str) -> bool:
    """Whether a line is what may stand above a title: a document number, a mark of secrecy, a date."""
    return bool(_NAME_ONLY.fullmatch(words) or re.search(r"[〔［\[]\d{4}[〕］\]]\s*\d+\s*号$", words)) or bool(
        _alone(words)
    )


def _is_title(words: str) -> bool:
    bare = _bare(words)
    if not 4 <= len(bare) <= MAX_TITLE or not is_titular(bare) or begins_item(bare) or _NO_TITLE.match(bare):
        return False
    letters = sum(c.isalpha() for c in bare)
    return letters >= 4 and letters >= 0.6 * len(bare) and not re.search("[，,。；;]", bare)


def _has_prose(text: str, title: Line) -> bool:
    """Whether sentences follow, and the title is not just the first of many short lines."""
    rest = text[title.end : title.end + SEARCHED]
    return rest.count("。") >= 2 and len(rest.strip()) >= 100


def _with_subtitle(lines: Sequence[Line]) -> str:
    title, following = _bare(lines[0].words), _bare(lines[1].words)
    if re.match("——|--|―", following) and len(following) <= MAX_TITLE and following[-1] not in "。；：:":
        return f"{title}——{following.lstrip('—-―').strip()}"
    office = bool(_OFFICE.search(title))
    broken = (
        not _KIND.search(title) and _KIND.search(following) and (office or "关于" in title) and _is_title(following)
    )
    if broken and len(title + following) <= MAX_TITLE:
        return title + following
    return "" if office else title


def _bare(words: str) -> str:
    words = words.strip("#* \t\u3000")
    around = re.fullmatch(r"《([^《》]*)》|【([^【】]*)】|\[([^\[\]]*)\]", words)
    return around[around.lastindex or 0].strip() if around else words


def find_date(text: str) -> str:
    """The date of `text` in ISO 8601 (2013-03-05, 2013-03 or 2013): stated at its head, or signed at its end.

    Dates that sentences speak of are none of it; where the head names two different ones, there is none.
    """
    head = itertools.takewhile(lambda line: "。" not in line.words, lines_of(text[:SEARCHED])[:HEAD])
    stamped = re.match(r"[\s\[【（(]*(\d{4}[-/.]\d{1,2}[-/.]\d{1,2})(?=[\sT，,\]】）)])", text[:60])
    if stamped:
        return next(_dates(stamped[1]), "")
    foot = lines_of(text[-SEARCHED:])[-FOOT:] if "。" in text else []
    signed = [found for line in foot if (found := _alone(line.words))]
    stated = {found for line in head for found in _stated(line.words)}
    if len(stated) == 1:
        return stated.pop()
    return signed[0] if signed and not stated else ""


def _stated(words: str) -> Iterator[str]:
    """Dates of a line at the head that is no sentence: alone, behind a label, or of the occasion in a subtitle."""
    if len(words) > MAX_TITLE or words[-1] in "。；;，：:":
        return
    if found := _alone(words):
        yield found
    elif _LABEL.match(words) or words.startswith(("——", "--", "（", "(")) or words.count("，") == 1:
        full = {d for d in _dates(words) if len(d) == 10}
        yield from full if len(full) == 1 else ()


def _alone(words: str) -> str:
    """The date that a line consists of, else nothing."""
    if len(words) > 40:
        return ""
    found = list(_dates(words))
    left = _AROUND.sub("", _DATE.sub("", _CHINESE_DATE.sub("", _LABEL.sub("", words))))
    return found[0] if len(found) == 1 and not left else ""


def _dates(words: str) -> Iterator[str]:
    """Every valid date in `words`, as exactly as it is given."""
    for m in _DATE.finditer(words):
        year, month, day = (m[4], m[6], m[7]) if m[4] else (m[1], m[2], m[3])
        if stated := _iso(int(year), int(month or 0), int(day or 0)):
            yield stated
    for m in _CHINESE_DATE.finditer(words):
        year = int("".join(str("〇一二三四五六七八九".find(c) % 10 if c not in "○零OＯ" else 0) for c in m[1]))
        month = 1 if m[2] == "元" else parse_number(m[2]) if m[2] else 0
        if stated := _iso(year, month, parse_number(m[3]) if m[3] else 0):
            yield stated


def _iso(year: int, month: int, day: int) -> str:
    """ISO 8601 of a date whose month and day may be 0, not stated; nothing when there is no such day."""
    if not 1900 <= year <= 2100:
        return ""
    try:
        date(year, month or 1, day or 1)
    except ValueError:
        return ""
    return f"{year:04}" + (f"-{month:02}" if month else "") + (f"-{day:02}" if day else "")
