"""A question -> the kind of value that answers it; two values -> whether both can be meant. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

from index.folding import bare
from rag.evidence import Evidence
from rag.values import DATES, PLACE, QUOTED, SHARE, TITLE, Value, flattened, same, values

LONGEST = 14  # letters of a run that differs
HEAD = 8  # letters between a name and a word of the question
ROUNDED = 0.02  # of an amount that rounding may take
DATE, NAME = "日期", "名字"

_DATE = re.compile(r"时间|何时|什么时候|哪一?[年月天日]|几[月号日]|日期")
_NUMBER = re.compile(
    r"多少|几[个家人次项条亿万岁名位倍成支]|多[大高长远重久快]|率|比例|人数|金额|数量|总额|票房|震级|销量|产量|[营税]收"
)
_LAST = re.compile(r"(?:分别)?(?:是|为|叫|做)*(?:谁|什么|哪[一个位支家国里]*)?$|名称$|名字$")
_SIGNS = re.compile(r"[^\w·•. -]")
_ASKS = re.compile(r"什么|哪[一个里家位国年月座支些]*|谁|多少|几个?|请问|是|的|了|在|吗|呢|何时|时候|时间")


@dataclass(frozen=True, slots=True)
class Text:
    """A text as it is searched for a value: its letters, and the values in it."""

    letters: str
    values: tuple[Value, ...]

    @classmethod
    def of(cls, text: str) -> Text:
        """Of any text."""
        return cls(bare(text), _merged(text))


@dataclass(frozen=True, slots=True)
class Slot:
    """A question: its pairs of letters, whether it asks for a date, an amount or (neither) a name, by what word."""

    said: Text
    frame: frozenset[str]
    date: bool
    amount: bool
    head: str
    unit: str  # of the amount, where the question says it: 多少个

    @classmethod
    def of(cls, question: str) -> Slot:
        """What the question asks for."""
        flat = flattened(question)
        date, amount = bool(_DATE.search(flat)), bool(_NUMBER.search(flat))
        words = re.findall(r"[一-龥]+$", _LAST.sub("", flat.rstrip("?。!~ ")))
        frame = frozenset().union(*(pairs_of(part) for part in re.split(r"\W+", _ASKS.sub(" ", flat))))
        return cls(
            Text.of(question), frame, date, amount, words[0][-2:] if words and len(words[0]) > 1 else "", _unit(flat)
        )

    @property
    def typed(self) -> bool:
        """Whether it is a date or an amount that is asked for, not a name."""
        return self.date or self.amount

    def fits(self, value: Value, said: Told) -> bool:
        """Whether a value is of the kind that is asked for; a name stands by the question's words, and has no signs."""
        if self.date:
            return value.kind == DATE
        if self.amount:
            return value.kind not in (DATE, PLACE, NAME) and (not self.unit or value.kind == self.unit)
        if value.kind != NAME:
            return value.kind not in (DATE, SHARE)
        near = pairs_of(said.flat[max(0, value.start - HEAD) : value.start]) | pairs_of(
            said.flat[value.end : value.end + HEAD]
        )
        return 2 <= len(value.key) <= LONGEST and not _SIGNS.search(value.text.strip()) and bool(self.frame & near)


@dataclass(frozen=True, slots=True)
class Told:
    """A sentence and what it is compared by; `passage` is the text of its hit."""

    evidence: Evidence
    flat: str
    pairs: frozenset[str]
    values: tuple[Value, ...]
    passage: Text

    @classmethod
    def of(cls, e: Evidence) -> Told:
        """Of one sentence of the evidence."""
        flat = flattened(e.text)
        return cls(e, flat, pairs_of(flat), _merged(e.text), Text.of(e.hit.text))

    @property
    def place(self) -> tuple[str, str, int]:
        """The document, section and passage that it stands in."""
        return self.evidence.hit.document, self.evidence.hit.section, self.evidence.hit.start


def differ(one: Value, other: Value) -> bool:
    """Whether two values of one kind cannot both be meant; of dates, in a part that both have."""
    if one.kind == DATE:
        mine, yours = (dict(part.split("=") for part in v.key.split()) for v in (one, other))
        return any(mine[part] != yours[part] for part in mine.keys() & yours.keys())
    if one.kind == NAME:
        return one.key not in other.key and other.key not in one.key and len(set(one.key) & set(other.key)) <= 1
    return not same(one, other) and not _rounded(one, other)


def _rounded(one: Value, other: Value) -> bool:
    """Whether one amount is the other, rounded: 230万辆 and 230.1万辆."""
    try:
        mine, yours = float(one.key), float(other.key)
    except ValueError:
        return False
    return abs(mine - yours) <= ROUNDED * max(abs(mine), abs(yours))


def stands_in(value: Value, text: Text) -> bool:
    """Whether a text holds the value, or one that may be meant by it."""
    if value.kind == NAME:
        return value.key in text.letters
    return any(v.kind == value.kind and not differ(v, value) for v in text.values)


def _unit(flat: str) -> str:
    """The unit that the question asks in: its amounts are of the kind that a number in front of it would make."""
    found = re.search(r"(?:多少|几)(?=[一-龥])", flat)
    made = values("2" + flat[found.end() :]) if found else []
    if re.search(r"率|百分之|比例|增长(?:了)?多少|占", flat):
        return SHARE if not re.search("出生|死亡|死因", flat) else ""
    return made[0].kind if made and made[0].start == 0 else ""


def _merged(text: str) -> tuple[Value, ...]:
    """The values of a text, a year, month and day that stand together as one date; quoted words and titles left out."""
    found: list[Value] = []
    for v in values(text):
        if v.kind in (QUOTED, TITLE):
            continue
        key = f"{v.kind}={v.key}"
        last = found[-1] if found else None
        if v.kind in DATES and last and last.kind == DATE and last.end == v.start and f"{v.kind}=" not in last.key:
            found[-1] = Value(DATE, f"{last.key} {key}", last.start, v.end, text[last.start : v.end])
        else:
            found.append(Value(DATE, key, v.start, v.end, v.text) if v.kind in DATES else v)
    return tuple(found)


def pairs_of(text: str) -> frozenset[str]:
    """Neighbouring pairs of letters."""
    letters = bare(text)
    return frozenset(letters[i : i + 2] for i in range(len(letters) - 1))


def share_of(asked: frozenset[str], pairs: frozenset[str]) -> float:
    """The share, 0..1, of the pairs asked for that are there."""
    return len(asked & pairs) / len(asked) if asked else 0.0
