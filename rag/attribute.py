"""A draft + the evidence it was written from -> claims, each with the source words that carry it. Pure.

No similarity decides here whether a sentence is proved: its letters, its numbers and its quoted words must stand in
what it cites.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from index.cleaning import CLOSERS
from index.folding import bare, fold
from rag.answer import Verdict
from rag.evidence import Evidence

SUPPORTED = 0.75  # of a claim's character pairs stand in the cited sentences
PARTIAL = 0.45
GAIN = 0.12  # share of the claim that a further sentence must add to be cited too
MAX_CITED = 3  # sentences a claim

_CLAIM = re.compile(rf"[^。！？!?\n]+(?:[。！？!?]+[{re.escape(CLOSERS)}]*|\n|$)")
_LEAD = re.compile(r"^\s*(?:[-*•]\s*|\d{1,2}[.、]\s*(?!\d)|答案?[:：]\s*|回答[:：]\s*)")
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*%?")
_MARK = re.compile(r"\[\d+\]|〔[^〕]*〕")


@dataclass(frozen=True, slots=True)
class Attribution:
    """One sentence of a draft, the evidence that carries it (best first), and how far it does."""

    text: str
    evidence: tuple[Evidence, ...]
    share: float  # of the claim's character pairs found in that evidence, 0..1
    verdict: Verdict


def attribute(draft: str, evidence: Sequence[Evidence]) -> list[Attribution]:
    """The draft's sentences in order, each matched with the evidence; marks the model put in are dropped."""
    claims = (_LEAD.sub("", _MARK.sub("", m.group())).strip() for m in _CLAIM.finditer(draft))
    return [_attribute(c, evidence) for c in claims if any(x.isalnum() for x in c)]


def pairs(text: str) -> set[str]:
    """Neighbouring pairs of letters and digits; a lone letter counts as itself."""
    letters = bare(text)
    return {letters[i : i + 2] for i in range(len(letters) - 1)} or set(letters)


def numbers(text: str) -> set[str]:
    """Numbers written in digits, widths folded: 27.3%, 2024."""
    return {n.rstrip(".,") for n in _NUMBER.findall(fold(text))}


def _attribute(claim: str, evidence: Sequence[Evidence]) -> Attribution:
    wanted = pairs(claim)
    found: set[str] = set()
    cited: list[Evidence] = []
    held = [(e, pairs(e.sentence.text)) for e in evidence]
    while len(cited) < MAX_CITED and held:
        best, has = max(held, key=lambda item: (len(wanted & item[1] - found), item[0].score))
        if len(wanted & has - found) < GAIN * len(wanted):
            break
        cited.append(best)
        found |= wanted & has
        held = [(e, p) for e, p in held if e is not best]
    share = len(found) / len(wanted) if wanted else 0.0
    return Attribution(claim, tuple(cited), share, _verdict(claim, cited, share))


def _verdict(claim: str, cited: Sequence[Evidence], share: float) -> Verdict:
    words = "".join(e.sentence.text + e.hit.section + e.hit.document for e in cited)
    if not numbers(claim) <= numbers(words) or share < PARTIAL:
        return "unsupported"
    return "supported" if share >= SUPPORTED else "partial"
