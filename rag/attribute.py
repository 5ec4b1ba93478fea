"""A draft + the evidence it was written from -> claims, each with the source sentence that carries it. Pure.

A claim must rest on one sentence, in that sentence's order: small models stitch two true sentences into a false one
and move names between lists. Its letters, numbers, negations and the sections it names must stand there; likeness of
meaning proves nothing.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from index.cleaning import CLOSERS
from index.folding import bare, fold
from rag.answer import Verdict
from rag.evidence import Evidence

SUPPORTED = 0.85  # of a claim's letters stand in its sentence, in order, in runs of two or more
JUST_SHORT = 0.84  # the most a claim with a foreign name can have
PARTIAL = 0.45
MAX_FOREIGN = 2  # letters in a row that a supported claim may add: verbs such as 召开, not names
MAX_SUBJECT = 12  # letters that a claim may open with from the passage around its sentence

_CLAIM = re.compile(rf"[^。！？!?\n]+(?:[。！？!?]+[{re.escape(CLOSERS)}]*|\n|$)")
_LEAD = re.compile(r"^\s*(?:[-*•]\s*|\d{1,2}[.、]\s*(?!\d)|答案?[:：]\s*|回答[:：]\s*)")
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*%?")
_BOUND = "约|近(?![年日期])|超|逾|不足|至少|最多"
_QUANTITY = re.compile(rf"(?:({_BOUND})[^\d,;。、]{{0,5}}?)?({_NUMBER.pattern})[亿万千百元人个]*(以|左右|多|余)?")
_SECTION = "第[一二三四五六七八九十百零〇\\d]{1,4}[篇编章讲节条]"
_NAMED = re.compile(_SECTION)
_FRAME = re.compile(
    rf"^(?:在|根据|按照)?(?:{_SECTION}|资料|文中|原文|文件|文档)(?:发言稿?|发言|里|中|的)*"
    "(?:所?(?:说|提出|认为|指出|强调|提到|分析|要求|主张|列出|写道|讲)(?:的|到|了|过)?)?[，,：:]?"
)
_MARK = re.compile(r"\[\d{1,2}\]|〔[^〕]*[^\d〕][^〕]*〕|\*\*")  # not the year of 国发〔2023〕12号
_GLUE = frozenset(
    "的了是为要在和与及等达有将把被就也都其以于并而且由从对该这那所"
)  # words a paraphrase may add or drop
_NEGATIONS = frozenset("不没未无非")


@dataclass(frozen=True, slots=True)
class Attribution:
    """One sentence of a draft, the evidence it rests on, and how far that carries it."""

    text: str
    evidence: Evidence
    share: float  # of the claim's letters found in that evidence, in order, 0..1
    verdict: Verdict


def attribute(draft: str, evidence: Sequence[Evidence]) -> list[Attribution]:
    """The draft's sentences in order, each matched with the evidence; marks the model put in are dropped."""
    claims = (_LEAD.sub("", _MARK.sub("", m.group())).strip() for m in _CLAIM.finditer(draft))
    return [_attribute(c, evidence) for c in claims if evidence and any(x.isalnum() for x in c)]


def pairs(text: str) -> set[str]:
    """Neighbouring pairs of letters and digits; a lone letter counts as itself."""
    letters = bare(text)
    return {letters[i : i + 2] for i in range(len(letters) - 1)} or set(letters)


def numbers(text: str) -> set[str]:
    """Numbers written in digits, widths folded: 27.3%, 2024."""
    return {n.rstrip(".,") for n in _NUMBER.findall(fold(text))}


def quantities(text: str) -> set[tuple[str, str, str]]:
    """Numbers with the words that bound them: (约, 20, ""), ("", 21%, 以) for 21%以上."""
    return {(m[1] or "", m[2].rstrip(".,"), m[3] or "") for m in _QUANTITY.finditer(fold(text))}


def overlap(claim: str, source: str) -> float:
    """The share, 0..1, of the claim's character pairs that stand in the source, in whatever order."""
    wanted = pairs(claim)
    return len(wanted & pairs(source)) / len(wanted) if wanted else 0.0


def support(claim: str, source: str, subjects: str = "") -> float:
    """The share, 0..1, of the claim's letters that stand in the source in the same order, in runs of two or more.

    Glue words do not count. The claim may open with a subject taken from `subjects` (the other sentences of its passage).
    0 when a negation stands on one side and not on the other.
    """
    said, written = _Letters.of(claim), _Letters.of(source)
    opening = _opening(said.text, bare(subjects))
    return max(_support(said, written, opening), _support(said, written, 0))


def _support(said: _Letters, written: _Letters, opening: int) -> float:
    """support() with the first `opening` letters of the claim taken as given."""
    runs = _runs(said.text[opening:], written.text)
    held = set(range(opening)) | {opening + i for start, _, size in runs for i in range(start, start + size)}
    if any(c in _NEGATIONS and i not in held for i, c in enumerate(said.text)):
        return 0.0
    if _skips_negation(written, runs) or _splits_pairing(written, runs):
        return 0.0
    counted = [i for i, c in enumerate(said.text) if c not in _GLUE]
    share = sum(i in held for i in counted) / len(counted) if counted and runs else 0.0
    return min(share, JUST_SHORT) if _longest_foreign(counted, held) > MAX_FOREIGN else share


@dataclass(frozen=True, slots=True)
class _Letters:
    """The folded letters of a text, and for each the number of the clause it stands in."""

    text: str
    clauses: tuple[int, ...]

    @classmethod
    def of(cls, text: str) -> _Letters:
        letters: list[tuple[str, int]] = []
        clause = 0
        for c in fold(text):
            clause += c in ",;:!?。、"
            if c.isalnum():
                letters.append((c, clause))
        return cls("".join(c for c, _ in letters), tuple(n for _, n in letters))


def _longest_foreign(counted: Sequence[int], held: set[int]) -> int:
    """The most letters in a row that the source does not have there: a name of three is another subject or place."""
    longest = run = 0
    for i in counted:
        run = 0 if i in held else run + 1
        longest = max(longest, run)
    return longest


def _opening(said: str, around: str) -> int:
    """How many letters the claim opens with that stand together in the surrounding text; at most MAX_SUBJECT."""
    return next((n for n in range(min(MAX_SUBJECT, len(said)), 1, -1) if said[:n] in around), 0)


def _runs(said: str, written: str) -> list[tuple[int, int, int]]:
    """(place in said, place in written, length) of the runs of two or more in their longest common subsequence."""
    rows = [[0] * (len(written) + 1) for _ in range(len(said) + 1)]
    for i in range(len(said) - 1, -1, -1):
        for j in range(len(written) - 1, -1, -1):
            same = rows[i + 1][j + 1] + 1 if said[i] == written[j] else 0
            rows[i][j] = max(same, rows[i + 1][j], rows[i][j + 1])
    runs: list[tuple[int, int, int]] = []
    i = j = 0
    while i < len(said) and j < len(written):
        if said[i] == written[j] and rows[i][j] == rows[i + 1][j + 1] + 1:
            joined = runs and runs[-1][0] + runs[-1][2] == i and runs[-1][1] + runs[-1][2] == j
            runs[-1:] = [(*runs[-1][:2], runs[-1][2] + 1)] if joined else [*runs[-1:], (i, j, 1)]
            i, j = i + 1, j + 1
        elif rows[i + 1][j] >= rows[i][j + 1]:
            i += 1
        else:
            j += 1
    return [r for r in runs if r[2] >= 2]


def _skips_negation(written: _Letters, runs: Sequence[tuple[int, int, int]]) -> bool:
    """Whether the source negates, earlier in the same clause, what a run of the claim takes up without it."""
    end = 0
    for _, start, size in runs:
        clause = written.clauses[start]
        skipped = (written.text[k] for k in range(end, start) if written.clauses[k] == clause)
        if any(c in _NEGATIONS for c in skipped):
            return True
        end = start + size
    return False


def _splits_pairing(written: _Letters, runs: Sequence[tuple[int, int, int]]) -> bool:
    """Whether the claim leaves out part of a clause that pairs things with “分别”: it may pair them wrongly."""
    place = written.text.find("分别")
    if place < 0 or not runs:
        return False
    clause = [k for k, n in enumerate(written.clauses) if n == written.clauses[place]]
    taken = {k for _, start, size in runs for k in range(start, start + size)} & set(clause)
    return bool(taken) and taken != set(clause)


def _attribute(claim: str, evidence: Sequence[Evidence]) -> Attribution:
    wanted = pairs(claim)
    best = max(evidence, key=lambda e: (len(wanted & pairs(e.text)), e.score))
    around = " ".join(s.sentence.reading for s in best.hit.sentences if s.sentence != best.sentence)
    share = support(_FRAME.sub("", claim) or claim, best.text, around)
    return Attribution(claim, best, share, _verdict(claim, best, share))


def _verdict(claim: str, evidence: Evidence, share: float) -> Verdict:
    place = f"{evidence.text}\n{evidence.hit.section}"  # not the document's name: a report of 2016 tells of 2015
    misplaced = any(name not in place for name in _NAMED.findall(claim))
    if misplaced or not quantities(claim) <= quantities(place) or share < PARTIAL:
        return "unsupported"
    return "supported" if share >= SUPPORTED else "partial"
