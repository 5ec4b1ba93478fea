"""The lines of a text -> those that the page put there: page numbers, running heads and feet, watermarks. Pure."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from statistics import median

from index.cleanup.lines import Line, begins_item, is_open

_COUNT = r"(?:\d{1,4}|[一二三四五六七八九十百零〇]{1,4})"
_RULE = "[-—–－―─~～·•．.]+"
_PAGE = re.compile(
    rf"[共全]\s*{_COUNT}\s*[页頁]\s*[,，/／]?\s*第\s*{_COUNT}\s*[页頁]"
    rf"|第\s*{_COUNT}\s*[页頁](?:\s*[,，/／|]?\s*[（(]?\s*共\s*{_COUNT}\s*[页頁]\s*[）)]?)?"
    rf"|{_RULE}\s*{_COUNT}\s*{_RULE}|页码?\s*[：:]\s*\d{{1,4}}|[Pp](?:age|AGE)\s*\d{{1,4}}(?:\s*(?:of|/)\s*\d{{1,4}})?"
)
_PART = re.compile(r"(?:[Pp]\.?\s*)?(\d{1,4})\s*[/／]\s*(\d{1,4})")
_BARE = re.compile(r"(?:[Pp]\.?\s*)?(\d{1,4})")
_STAMP = re.compile(
    r"机密|绝密|秘密|保密|内部|样[本稿张]|草[稿案]|初稿|送审稿|征求意见稿|讨论稿|水印|仅供|副本|版权|www\.|https?:"
    r"|[.]com|[.]cn|扫描全能王|camscanner|confidential|draft|sample|internal|watermark",
    re.IGNORECASE,
)

EDGE = 3  # lines at the top and the bottom of a page that may be its head or foot
MIN_REPEATS = 3  # pages in a row, or with one between, on which a running head stands
MAX_HEAD = 60  # characters of a running head
MAX_STAMP = 20  # characters of a watermark
MIN_CUT = 12  # characters of a line that a watermark or a running head can have cut off from the next
MIN_PAGE = 150  # characters between page numbers of a text whose pages are not known


def furniture(text: str, lines: Sequence[Line], pages: Sequence[int] = ()) -> set[int]:
    """Places in `lines` of what belongs to the page. `pages` says where pages begin, if the format knows it."""
    starts = _page_starts(text, lines, pages)
    marks = {n for n, line in enumerate(lines) if _is_mark(line.words)}
    marks |= _bare_numbers(lines, starts)
    edges = starts or [m + 1 for m in sorted(marks) if m + 1 not in marks]
    dropped = marks | _running(lines, edges, marks)
    return dropped | _watermarks(lines, dropped)


def _is_mark(words: str) -> bool:
    if len(words) > 30:
        return False
    part = _PART.fullmatch(words)
    return bool(_PAGE.fullmatch(words)) or bool(part and 0 < int(part[1]) <= int(part[2]))


def _page_starts(text: str, lines: Sequence[Line], pages: Sequence[int]) -> list[int]:
    """The first line of every page but the first, from the format or from form feeds."""
    places = pages or [m.end() for m in re.finditer("\f", text)]
    ends = [line.end for line in lines]
    return sorted({n for p in places if 0 < (n := bisect_left(ends, p + 1)) < len(lines)})


def _bare_numbers(lines: Sequence[Line], starts: Sequence[int]) -> set[int]:
    """Lines with a number alone that count the pages: at their edges, or through sentences that they cut."""
    numbers = {
        n: int(m[1]) for n, line in enumerate(lines) if len(line.words) < 8 and (m := _BARE.fullmatch(line.words))
    }
    if len(numbers) < 2:
        return set()
    if starts:
        by_offset: dict[int, set[int]] = defaultdict(set)
        for page, first in enumerate([0, *starts]):
            last = (starts[page] if page < len(starts) else len(lines)) - 1
            for n in {first, last} & set(numbers):
                by_offset[numbers[n] - page].add(n)
        best = max(by_offset.values(), key=len, default=set())
        return best if len(best) >= 2 else set()
    run: list[int] = []
    for n, value in numbers.items():
        if not run or (value == numbers[run[-1]] + 1 and lines[n].start - lines[run[-1]].end >= MIN_PAGE):
            run.append(n)
    cuts = sum(_cuts(lines, n) for n in run)
    return set(run) if len(run) >= MIN_REPEATS and cuts >= max(2, 0.3 * len(run)) else set()


def _cuts(lines: Sequence[Line], n: int) -> bool:
    """Whether line `n` stands in the middle of a sentence of prose."""
    if not 0 < n < len(lines) - 1:
        return False
    before, after = lines[n - 1], lines[n + 1]
    return (
        len(before.words) >= MIN_CUT
        and is_open(before.words)
        and not begins_item(after.words)
        and any(c in "，,。；、" for c in before.words + after.words)
    )


def _running(lines: Sequence[Line], edges: Sequence[int], marks: set[int]) -> set[int]:
    """Lines that stand alike at the edges of several pages. One at the top of the text or of a part of it is kept."""
    if len(edges) < MIN_REPEATS - 1:
        return set()
    tops = [_beside(lines, n, 1, marks) for n in [0, *edges]]
    bottoms = [_beside(lines, n - 1, -1, marks) for n in [*edges, len(lines)]]
    heads, feet = _peel(lines, tops), _peel(lines, bottoms)
    return {n for run in feet for n in _but_last(lines, run)} | {
        n for run in heads for n in _but_first(lines, run, marks)
    }


def _beside(lines: Sequence[Line], n: int, step: int, marks: set[int]) -> list[int]:
    """Up to EDGE lines from `n` on that are no page numbers, in the direction of `step`."""
    found: list[int] = []
    for at in range(n, n + step * 2 * EDGE, step):
        if len(found) < EDGE and 0 <= at < len(lines) and at not in marks:
            found.append(at)
    return found


def _peel(lines: Sequence[Line], sides: Sequence[list[int]]) -> Iterator[list[int]]:
    """Runs of like lines, from the outermost inwards; an inner one only where those outside it are running too."""
    going = list(range(len(sides)))
    for depth in range(EDGE):
        alike: dict[str, list[int]] = defaultdict(list)
        for page in going:
            if depth < len(sides[page]):
                alike[_folded(lines[sides[page][depth]].words)].append(page)
        going = []
        for key, pages in alike.items():
            if _is_running(key, pages):
                yield [sides[page][depth] for page in pages]
                going += pages
        going.sort()


def _folded(words: str) -> str:
    return re.sub(r"\d+", "0", re.sub(r"\s+", "", words))


def _is_running(key: str, pages: Sequence[int]) -> bool:
    if len(key) > MAX_HEAD or sum(c.isalpha() and c not in "年月日页第共" for c in key) < 2:
        return False
    return len(pages) >= MIN_REPEATS and any(
        pages[i + MIN_REPEATS - 1] - pages[i] <= 2 * (MIN_REPEATS - 1) for i in range(len(pages) - MIN_REPEATS + 1)
    )


def _but_first(lines: Sequence[Line], run: Sequence[int], marks: set[int]) -> Iterable[int]:
    """The run without its first line where that interrupts nothing: it may be a title, or the head of a table."""
    before = run[0] - 1
    while before in marks:
        before -= 1
    return run if before >= 0 and is_open(lines[before].words) else run[1:]


def _but_last(lines: Sequence[Line], run: Sequence[int]) -> Iterable[int]:
    """The run, without its last line where that is a sentence, so that its words are not lost."""
    return run[:-1] if "。" in lines[run[-1]].words else run


def _watermarks(lines: Sequence[Line], dropped: set[int]) -> set[int]:
    """Short lines that come again and again and cut sentences in two."""
    kept = [line for n, line in enumerate(lines) if n not in dropped]
    places = [n for n in range(len(lines)) if n not in dropped]
    same: dict[str, list[int]] = defaultdict(list)
    for n, line in enumerate(kept):
        if 2 <= len(line.words) <= MAX_STAMP:
            same["".join(line.words.split())].append(n)
    return {places[n] for words, run in same.items() if _is_watermark(kept, words, run) for n in run}


def _is_watermark(lines: Sequence[Line], words: str, run: Sequence[int]) -> bool:
    if len(run) < MIN_REPEATS or not any(c.isalpha() for c in words) or re.search("[，,。；;：:、！？]", words):
        return False
    before = [len(lines[n - 1].words) for n in run if n]
    if not before or len(words) >= 0.7 * median(before):
        return False  # as long as its neighbours: a line of the text that comes again
    cuts = sum(_cuts(lines, n) for n in run)
    if _STAMP.search(words):
        return cuts >= 1
    return len(run) > MIN_REPEATS and cuts >= max(2, 0.3 * len(run))
