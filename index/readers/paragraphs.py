"""Lines of regions, page after page -> paragraphs, those that run over a column or a page in one piece. Pure."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass
from statistics import median

from index.readers.columns import Region
from index.readers.layout import Line, Run, is_wide

SIZE_STEP = 1.12  # ratio of two sizes from which they are no one paragraph
INDENT = 1.2  # ems; the first line of a paragraph is set in by two
DEEP = 6  # ems; what begins so far from the margin is a line of its own
SLACK = 1.3  # ems that a full line may fall short of the margin
GAP = 1.35  # times the usual distance of two lines: space between paragraphs

_ITEM = re.compile(
    r"[（(〔\[]?[一二三四五六七八九十]{1,3}[）)〕\]、.．]|[（(]\d{1,3}[）)]|\d{1,3}[）)、]|\d{1,3}[.．](?!\d)|\d{1,2}(?:\.\d{1,2})+\s"
    r"|第[一二三四五六七八九十百\d]{1,5}[编章节条篇]|[•●○■□◆◇▪➢–—*·①-⑳](?!\S*\d页)|附件[:：\d]"
)
_LEADER = re.compile(r"(?:[.…·．]\s?){3,}\s*[\dⅠ-ⅻivx]+$")
_STOP = re.compile(r"[。！？!?；;：:…][”’」』）)】]*$|[.][\"')]?$")
_FIELD = re.compile(r"[^\s，。；：、,;:]{1,8}[：:](?=.)")
_CENTRED_MARK = re.compile(r"[*＊·—\-\s]+")


@dataclass(frozen=True, slots=True)
class Place:
    """A line where it stands: its page, counted from 0, and the margins of its column."""

    line: Line
    page: int
    left: float
    right: float
    region: int

    @property
    def indented(self) -> bool:
        """Whether it begins to the right of the margin, as first lines do."""
        return self.line.x0 - self.left >= INDENT * self.line.size

    @property
    def centred(self) -> bool:
        """Whether it keeps the same distance from either margin, more than a first line is set in by."""
        before, after = self.line.x0 - self.left, self.right - self.line.x1
        return (
            before >= 2.4 * self.line.size
            and after >= 1.8 * self.line.size
            and abs(before - after) <= 2.2 * self.line.size
        )


@dataclass(frozen=True, slots=True)
class Habit:
    """How this document sets paragraphs: size of its text, usual distance of lines in ems, first lines set in or not."""

    size: float
    pitch: float
    indents: bool


def places(pages: Sequence[Sequence[Region]]) -> Iterator[Place]:
    """The lines of all pages in reading order."""
    count = 0
    for number, regions in enumerate(pages):
        for region in regions:
            count += 1
            for line in region.lines:
                yield Place(line, number, region.left, region.right, count)


def body_size(lines: Iterable[Line | Run]) -> float:
    """The size in which most letters are set; 0 for no lines."""
    sizes = Counter[float]()
    for line in lines:
        sizes[round(line.size * 2) / 2] += len(line.text)
    return sizes.most_common(1)[0][0] if sizes else 0.0


def habit(found: Sequence[Place]) -> Habit:
    """How the lines are set, measured on those in the size of the text."""
    size = body_size(p.line for p in found)
    body = [p for p in found if not p.line.rows and abs(p.line.size - size) <= 0.06 * size]
    steps = [
        (b.line.y - a.line.y) / size for a, b in itertools.pairwise(body)
        if a.region == b.region and 0.8 * size < b.line.y - a.line.y < 3.5 * size
    ]  # fmt: skip
    wide = [p for p in body if p.right - p.line.x1 <= SLACK * 2 * p.line.size]
    inside = sum(p.indented for p in wide)
    return Habit(size, median(steps) if steps else 1.5, inside >= 2 and inside >= 0.06 * len(wide))


def paragraphs(found: Sequence[Place], how: Habit) -> list[list[Place]]:
    """The lines in groups, each a paragraph, a heading or a table."""
    groups: list[list[Place]] = []
    hang: float | None = None  # where the lines of a list's item begin, after their mark
    for place in found:
        group = groups[-1] if groups else None
        if group is None or _breaks(group, place, hang, how):
            groups.append([place])
            hang = None
            continue
        if len(group) == 1 and _ITEM.match(group[0].line.text) and _step_in(group[0], place) > 0.6:
            hang = place.line.x0 - place.left
        group.append(place)
    return groups


def _step_in(a: Place, b: Place) -> float:
    """How far b begins to the right of a, in ems, each from its own margin."""
    return ((b.line.x0 - b.left) - (a.line.x0 - a.left)) / b.line.size


def _breaks(group: list[Place], place: Place, hang: float | None, how: Habit) -> bool:
    last = group[-1]
    a, b = last.line, place.line
    if a.rows or b.rows or not SIZE_STEP**-1 < b.size / a.size < SIZE_STEP or _LEADER.search(a.text):
        return True
    if last.region == place.region and b.y - a.y > GAP * max(how.pitch, 1.15) * max(a.size, b.size):
        return True
    if last.centred or place.centred:
        return not _goes_on_centred(last, place, how)
    if _short(last, b, how) or (_ITEM.match(b.text) and _STOP.search(a.text)):
        return True
    if len(group) == 1 and _FIELD.match(a.text) and _FIELD.match(b.text):  # 姓名：… over 电话：… as on a form
        return True
    if (a.bold != b.bold or a.font != b.font) and (_STOP.search(a.text) or len(group) == 1) and a.bold != b.bold:
        return True
    return _set_in(group, place, hang, how)


def _goes_on_centred(last: Place, place: Place, how: Habit) -> bool:
    """A title on several lines: larger or bolder than the text; or a full line before a short last one in the middle."""
    a, b = last.line, place.line
    if last.centred and place.centred:
        title = a.size > SIZE_STEP * how.size or a.bold
        return title and a.bold == b.bold and abs(a.size - b.size) < 0.5 and not _ITEM.match(b.text)
    title = a.size > SIZE_STEP * how.size and a.bold == b.bold
    return title and not _ITEM.match(b.text) and not _STOP.search(a.text)


def _short(last: Place, following: Line, how: Habit) -> bool:
    """Whether the line ends so far from the margin that the next word would still have found room."""
    room = last.right - last.line.x1
    word = re.match(r"[A-Za-z0-9.,%/:_-]+", following.text)
    need = len(word.group()) * 0.55 * following.size if word else following.size
    slack = 2 * SLACK if how.indents and not following.bold else SLACK  # where first lines are set in, they tell more
    return room > need + slack * last.line.size


def _set_in(group: list[Place], place: Place, hang: float | None, how: Habit) -> bool:
    """Whether the line is set in as a first line is; those of a list's item are set in behind its mark."""
    last, size = group[-1], place.line.size
    step = _step_in(last, place)
    if hang is not None and abs(place.line.x0 - place.left - hang) <= 0.5 * size:
        return False
    if len(group) == 1 and _ITEM.match(last.line.text) and 0.6 < step <= 4:
        return bool(_STOP.search(last.line.text)) and how.indents
    if place.line.x0 - place.left > DEEP * size:  # a signature, a date
        return True
    if abs(step) <= 0.5 and place.indented:  # a block set in as a whole, or first lines of two paragraphs
        return bool(_STOP.search(last.line.text)) or (how.indents and len(group) == 1 and not _block(group))
    if place.indented:
        return True
    if last.region != place.region or not how.indents:
        return not how.indents and bool(_STOP.search(last.line.text)) and last.region != place.region
    return False


def _block(group: list[Place]) -> bool:
    return not _STOP.search(group[-1].line.text)


def join(before: str, after: str, words: Container[str] = ()) -> tuple[str, int]:
    """What stands between two lines of one paragraph, and how many letters before it belong to the layout too.

    Chinese goes on without a space, Latin words with one. A hyphen at the end of a line falls, unless the document
    has the word with it elsewhere: `words` are those inside its lines.
    """
    first, second = re.search(r"([A-Za-z]+)-$", before), re.match(r"[a-z]+", after)
    if first and second:
        return "\n", 0 if f"{first.group(1)}-{second.group()}".lower() in words else 1
    chinese = sum(map(is_wide, before)) > 0.5 * len(before)
    number = before[-1:].isdigit() and after[:1].isdigit()
    signs = not (before[-1:].isalnum() and after[:1].isalnum())  # quotes and dashes are Chinese among Chinese
    wide = is_wide(before[-1:] or "　") or is_wide(after[:1] or "　") or after[:1] in ".,;:%)"
    wide = wide or (chinese and (number or signs))
    return ("\n" if wide or before[-1:].isspace() else " \n"), 0


def hyphened(lines: Iterable[Line]) -> set[str]:
    """Latin words with a hyphen inside the lines, in small letters."""
    return {w.lower() for line in lines for w in re.findall(r"[A-Za-z]+-[A-Za-z]+", line.text)}
