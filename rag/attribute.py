"""A draft + the evidence it was written from -> claims, each with the source sentences that carry it. Pure.

Likeness of meaning proves nothing: rag/carrying.py says when a sentence carries a claim. A claim may rest on several
sentences when each of its clauses rests on its own, and they may be said in one breath.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from index.cleaning import CLOSERS
from index.folding import fold
from rag.answer import Verdict
from rag.carrying import carries
from rag.evidence import Evidence
from rag.wording import canonical, clauses
from rag.wording import numbers as numbers
from rag.wording import overlap as overlap
from rag.wording import pairs as pairs

PARTIAL = 0.45  # of a claim's character pairs stand in its sentence
JUST_SHORT = 0.84  # the most that a claim which is not carried can have
TRIED = 4  # evidence sentences that a claim is compared with, those first that share most with it
MOST_JOINED = 3  # sentences under one claim

_CLAIM = re.compile(rf"[^。！？!?\n]+(?:[。！？!?]+[{re.escape(CLOSERS)}]*|\n|$)")
_LEAD = re.compile(r"^\s*(?:[-*•]\s*|\d{1,2}[.、]\s*(?!\d)|答案?[:：]\s*|回答[:：]\s*)")
_SECTION = "第[一二三四五六七八九十百零〇\\d]{1,4}[篇编章讲节条]"
_NAMED = re.compile(_SECTION)
_FRAME = re.compile(
    rf"^(?:在|根据|按照)?(?:{_SECTION}|资料|文中|原文|文件|文档)(?:发言稿?|发言|里|中|的)*"
    "(?:所?(?:说|提出|认为|指出|强调|提到|分析|要求|主张|列出|写道|讲)(?:的|到|了|过)?)?[，,：:]?"
)
_MARK = re.compile(r"\[\d{1,2}\]|〔[^〕]*[^\d〕][^〕]*〕|\*\*")  # not the year of 国发〔2023〕12号
_NEGATIONS = frozenset("不没未无非")
_BREAK = re.compile(r"[，,；;]")
_POINTING = re.compile("^(?:他|她|它|其|该[^，,。]{1,4}?|此|这|公司|当年|同年|次年|此后|随后|同期|另一)")
_PREDICATE = "是|为|有|于|在|成立|位于|出生|生于|毕业|[，,]"
_ITEM = re.compile(
    r"^(?:[(（]?[一二三四五六七八九十\d]{1,2}[)）]|[一二三四五六七八九十]{1,2}(?:是|要|、)|\d{1,2}[.、]|第[一二三四五六七八九十]，)"
)
_NUMBERED = re.compile(r"\d")


@dataclass(frozen=True, slots=True)
class Attribution:
    """One sentence of a draft, the evidence it rests on, and how far that carries it.

    `others` are the further sentences under it, each carrying clauses that the first does not; none of a claim that is
    not supported.
    """

    text: str
    evidence: Evidence
    share: float  # of the claim that stands in that evidence, 0..1
    verdict: Verdict
    others: tuple[Evidence, ...] = ()


def attribute(draft: str, evidence: Sequence[Evidence], several: bool = False) -> list[Attribution]:
    """The draft's sentences in order, each matched with the evidence; marks the model put in are dropped.

    With `several` a claim may rest on more than one sentence: all of `evidence` and `others` must then be cited.
    """
    claims = (_LEAD.sub("", _MARK.sub("", m.group())).strip() for m in _CLAIM.finditer(draft))
    return [_attribute(c, evidence, several) for c in claims if evidence and any(x.isalnum() for x in c)]


def _attribute(claim: str, evidence: Sequence[Evidence], several: bool) -> Attribution:
    wanted = pairs(claim)
    ranked = sorted(evidence, key=lambda e: (-len(wanted & pairs(e.text)), -e.score))[:TRIED]
    said = _FRAME.sub("", claim) or claim
    placed = [e for e in ranked if not _misplaced(claim, e)]
    for e in placed:
        if carries(e.text, said):
            return Attribution(claim, e, 1.0, "supported")
    for e in placed if several else ():
        if before := _subject(said, e):
            return Attribution(claim, e, 1.0, "supported", (before,))
    joined = _joined(said, placed, MOST_JOINED) if several else ()
    if joined:
        return Attribution(claim, joined[0], 1.0, "supported", tuple(joined[1:]))
    share = min(overlap(said, ranked[0].text), JUST_SHORT)
    return Attribution(claim, ranked[0], share, _short_of(claim, ranked[0], share))


def _misplaced(claim: str, e: Evidence) -> bool:
    """Whether the claim names a section that the evidence neither stands in nor names."""
    place = f"{e.text}\n{e.hit.section}"  # not the document's name: a report of 2016 tells of 2015
    return any(name not in place for name in _NAMED.findall(claim))


def _short_of(claim: str, e: Evidence, share: float) -> Verdict:
    """What a claim is that nothing carries."""
    source = f"{e.text}\n{e.hit.section}"
    foreign = not numbers(canonical(claim)) <= numbers(canonical(source))
    turned = any(c in _NEGATIONS and c not in source for c in fold(claim))
    return "unsupported" if foreign or turned or share < PARTIAL or _misplaced(claim, e) else "partial"


def _subject(claim: str, e: Evidence) -> Evidence | None:
    """The sentence before `e` whose subject the claim puts in the place of “该公司” or “他”; None if it does not."""
    texts = [s.sentence for s in e.hit.sentences]
    place = texts.index(e.sentence) if e.sentence in texts else 0
    pointing = _POINTING.match(e.text)
    if not place or pointing is None:
        return None
    before = texts[place - 1]
    named = re.match(rf"([^，,。]{{2,16}}?)(?:{_PREDICATE})", before.reading)
    if named is None or not claim.startswith(named[1]) or re.search("[和与及、]", named[1]):
        return None
    rest = claim[len(named[1]) :]
    taken = e.text[: pointing.end()] + rest
    return Evidence(e.hit, before, e.score) if carries(e.text, taken) and not _names_another(before.reading) else None


def _names_another(text: str) -> bool:
    """Whether a sentence may name a second one to whom “他” could point."""
    return bool(re.search("[和与及跟]|诉|被|由|向|对|把|将|[^，,。]{2,}[，,][^，,。]{2,8}(?:是|为)", text))


def _joined(claim: str, evidence: Sequence[Evidence], most: int) -> tuple[Evidence, ...]:
    """The sentences that carry the claim together, one stretch of its clauses each, in order; none if that is unsafe."""
    if most < 2:
        return ()
    for cut in _BREAK.finditer(claim):
        head, rest = claim[: cut.start()], claim[cut.end() :]
        for e in evidence:
            if not carries(e.text, head):
                continue
            others = [o for o in evidence if o is not e and o.hit.document == e.hit.document]
            for found in (*((o,) for o in others if carries(o.text, rest)), _joined(rest, others, most - 1)):
                if found and _in_one_breath((e, *found), head, rest):
                    return (e, *found)
    return ()


def _in_one_breath(found: Sequence[Evidence], head: str, rest: str) -> bool:
    """Whether sentences may be said together: neighbours in their order, or items that need no subject and no time."""
    if all(_is_item(e) for e in found) and len({(e.hit.document, e.hit.section) for e in found}) == 1:
        return not _NUMBERED.search(canonical(head + rest))
    first, second = found[0], found[1]
    neighbours = all(0 <= b.sentence.start - a.sentence.end <= 2 for a, b in pairwise(found))
    opens = clauses(second.text)[0].text.startswith(clauses(rest)[0].text)
    whole = [c.text for c in clauses(head)] == [c.text for c in clauses(first.text)]
    return neighbours and opens and whole


def _is_item(e: Evidence) -> bool:
    """Whether a sentence is one of a list: 二是…, （三）…"""
    return bool(_ITEM.match(e.text))
