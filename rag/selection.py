"""Question + evidence -> the stretches of source words that answer it, in the order in which they are shown. Pure."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from index.folding import bare
from rag.composition import Stretch
from rag.evidence import Evidence
from rag.expectation import Expectation
from rag.kinds import Form, Kind, asked_number, aspects
from rag.listing import announced, enumeration, inner, leads
from rag.preference import gives_reason, is_mute
from rag.snippet import clauses, snip
from rag.wording import overlap, pairs

DRAFT_WEIGHT = 0.5  # how much the draft's words add to a sentence's own score
SAME = 0.5  # of a sentence's character pairs stand in one already chosen: it would say it again
WHOLE = 70  # characters of a sentence that is shown whole in answer to a question for one fact
LIST_ROOM = 480  # characters of an enumeration across sentences, shared among its items
ALIKE = 0.6  # of the best one's score: what sentences that open alike must have
ITEM = (36, 120)  # the least and the most for one of them
COMPLETE = 0.9  # of the best one's score: what a further sentence must have where the best is a list by itself
LISTED = 2  # signs of enumeration from which a sentence is one
LISTING: frozenset[Kind] = frozenset({"list", "how", "why", "summary", "open"})

LIKELY = 0.25  # of the best sentence's score, what one for the second of two facts must have
_POINTS_BACK = re.compile(
    r"^(?:这[一些项种个也将是样次]|此举|该[项举措]|上述|它们?|他们?|她们?|其(?![中他次余实一二三]))"
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the answer is to be: kind and form of the question, and what its words are worth."""

    question: str
    kind: Kind
    form: Form
    weights: Mapping[str, float]
    expects: Callable[[str], float]

    def stretch(self, evidence: Evidence, longest: int = 0) -> Stretch:
        """The stretch of a sentence that answers, of at most `longest` characters; that of the form where it is 0."""
        most = longest or self.form.longest
        short = self.kind == "fact" and len(evidence.text) > WHOLE
        return Stretch(evidence, snip(evidence.text, self.weights, most, self.expects, whole=not short))


def wanted(question: str, kind: Kind, form: Form, draft: str, evidence: Sequence[Evidence]) -> Wanted:
    """A pair of letters is worth the more, the fewer sentences hold it; those of the draft add half."""
    held = Counter(pair for e in evidence for pair in pairs(e.text))
    weights: Counter[str] = Counter()
    for text, weight in ((question, 1.0), (draft, 0.5)):
        for pair in pairs(text) if text else ():
            if held[pair]:
                weights[pair] += weight * math.log(1 + len(evidence) / held[pair])  # type: ignore[assignment]
    return Wanted(question, kind, form, weights, _expects(question, kind))


def select(
    want: Wanted, ranked: Sequence[Evidence], draft: str, used: Sequence[Stretch], *, repeat: bool
) -> list[Stretch]:
    """The pieces beside those of the draft, which are `used`. `ranked` is best first; with `repeat` several may say
    the same."""
    best = sorted(ranked, key=lambda e: -_score(e, draft))
    if not used and want.kind in LISTING and (listed := _listed(want, best)):
        return listed
    chosen = list(used)
    for evidence in _for_each(want, best, draft):
        _take(want, chosen, want.stretch(evidence), repeat=repeat)
    least = _score(best[0], draft) if best else 0.0
    for evidence in best:
        if chosen and _score(evidence, draft) < least * (COMPLETE if _is_complete(want, chosen) else want.form.near):
            break
        _take(want, chosen, want.stretch(evidence), repeat=repeat)
    own = chosen[len(used) :]
    return in_order(own) if want.kind == "summary" or (want.kind == "how" and aspects(want.question)) else own


def _take(want: Wanted, chosen: list[Stretch], piece: Stretch, *, repeat: bool) -> None:
    """Add the piece where it is new and has a place."""
    new = all(piece.evidence.sentence != other.evidence.sentence for other in chosen)
    if new and _fits(want, chosen, piece) and (repeat or not _said(chosen, piece)):
        chosen += _with_antecedent(want, chosen, piece)


def _for_each(want: Wanted, best: Sequence[Evidence], draft: str) -> list[Evidence]:
    """The best sentence for each part of the question; none where it has but one.

    Of two facts each sentence must also be about as likely to answer as the best.
    """
    parts = aspects(want.question) if best else ()
    least = LIKELY * _score(best[0], draft) if parts and want.kind == "fact" else 0.0
    likely = [e for e in best if _score(e, draft) >= least]
    return [max(likely, key=lambda e: _score(e, draft) * (1 + overlap(part, e.text))) for part in parts]


def _is_complete(want: Wanted, chosen: Sequence[Stretch]) -> bool:
    """Whether the first piece is a list by itself: what comes behind it must be as good."""
    return want.kind == "list" and len(re.findall("[、；;]", chosen[0].text)) >= LISTED


def in_order(pieces: Sequence[Stretch]) -> list[Stretch]:
    """As they stand in their documents, that of the best first."""
    first = {p.evidence.hit.document: n for n, p in reversed(list(enumerate(pieces)))}
    return sorted(pieces, key=lambda p: (first[p.evidence.hit.document], p.evidence.sentence.start, p.span))


def head(text: str, longest: int) -> tuple[int, int]:
    """The clauses at the start of a text, as many as fit; the first always does."""
    end = 0
    for start, after in clauses(text, longest):
        if start and after > longest:
            break
        end = after
    return 0, end


def _score(evidence: Evidence, draft: str) -> float:
    return evidence.score + (DRAFT_WEIGHT * overlap(draft, evidence.text) if draft else 0.0)


def _fits(want: Wanted, chosen: Sequence[Stretch], piece: Stretch) -> bool:
    """Whether a further piece has a place; the first always has."""
    length = sum(len(p.text) for p in chosen) + len(piece.text)
    return not chosen or (len(chosen) < want.form.claims and length <= want.form.room)


def _said(chosen: Sequence[Stretch], piece: Stretch) -> bool:
    """Whether one says nearly the same: in texts that repeat each other the best sentences are copies."""
    return any(overlap(piece.text, other.text) >= SAME for other in chosen)


def _with_antecedent(want: Wanted, chosen: Sequence[Stretch], piece: Stretch) -> list[Stretch]:
    """The piece behind the sentence that it points back to (这一举措……), where there is room for both."""
    if piece.span[0] or not _POINTS_BACK.match(piece.text):
        return [piece]
    sentences = [s.sentence for s in piece.evidence.hit.sentences]
    place = next((n for n, s in enumerate(sentences) if s.start == piece.evidence.sentence.start), 0)
    if not place or any(sentences[place - 1] == p.evidence.sentence for p in chosen):
        return [piece]
    before = Evidence(piece.evidence.hit, sentences[place - 1], piece.evidence.score)
    pointed = want.stretch(before)
    if is_mute(before) or not _fits(want, [*chosen, piece], pointed):
        return [piece]
    return [pointed, piece]


def _listed(want: Wanted, best: Sequence[Evidence]) -> list[Stretch]:
    """The whole enumeration that the best sentence leads to or stands for; empty where it does neither."""
    if not best:
        return []
    items = enumeration(best[0])
    if items and _is_meant(want, best, items):
        room = max(ITEM[0], min(ITEM[1], LIST_ROOM // len(items)))
        return [Stretch(item, head(item.text, room)) for item in items]
    return _alike(want, best) or _inside(want, best[0])


def _alike(want: Wanted, best: Sequence[Evidence]) -> list[Stretch]:
    """As many sentences of one document as the question asks for, that open alike: “三个赋分点”, and three begin with 紧扣."""
    number = asked_number(want.question)
    least = ALIKE * best[0].score
    groups: dict[tuple[str, str], list[Evidence]] = {}
    for evidence in best if number else ():
        if evidence.score >= least:
            groups.setdefault((evidence.hit.document, bare(evidence.text)[:2]), []).append(evidence)
    found = next((group for group in groups.values() if len(group) == number), [])
    return in_order([want.stretch(e, LIST_ROOM // number) for e in found])


def _is_meant(want: Wanted, best: Sequence[Evidence], items: Sequence[Evidence]) -> bool:
    """Whether the question is for all of the items: it asks for what leads to them, for as many, or for several of them."""
    if leads(best[0]):
        return True
    number = len(items) - bool(announced(items[0].text) or items[0].text.rstrip()[-1:] in "：:")
    least = want.form.near * best[0].score
    starts = {item.sentence.start for item in items}
    near = sum(e.sentence.start in starts and e.score >= least for e in best)
    return asked_number(want.question) == number or (want.kind in ("list", "summary") and near > 1)


def _inside(want: Wanted, best: Evidence) -> list[Stretch]:
    """The items of an enumeration inside one sentence that is too long to be shown whole."""
    items = inner(best.text) if len(best.text) > want.form.longest else []
    if len(items) < 2 or (want.kind not in ("list", "summary") and asked_number(want.question) != len(items)):
        return []
    room = max(ITEM[0], min(ITEM[1], LIST_ROOM // len(items)))
    lead = [(0, items[0][0])] if 0 < items[0][0] <= ITEM[1] else []
    spans = [(start, start + head(best.text[start:end], room)[1]) for start, end in items]
    return [Stretch(best, span) for span in [*lead, *spans]]


def _expects(question: str, kind: Kind) -> Callable[[str], float]:
    """How far, 0..1, a stretch holds what the answer to this kind of question should."""
    if kind == "list":
        return lambda text: min(1.0, len(re.findall("[、；;]", text)) / 4)
    if kind == "why":
        return lambda text: float(gives_reason(text))
    return Expectation.of(question).share
