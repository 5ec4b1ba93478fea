"""Draft + evidence -> the answer's text, its claims and its citations: nothing unproved is let through. Pure.

The kind of the question (rag.kinds) decides the form: how much is shown, whether it is a list, what is preferred.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from rag.abreast import abreast, names
from rag.attribute import Attribution, attribute
from rag.comparing import conclusion
from rag.composition import Builder, Composition, Places, Stretch
from rag.composition import excerpt as excerpt
from rag.composition import marked as marked
from rag.composition import readable as readable
from rag.evidence import Evidence
from rag.kinds import Form, asks_sections, form, kind
from rag.preference import suited
from rag.rewriting import removal_note, rewritten
from rag.selection import Wanted, select, wanted
from rag.snippet import MAX_LENGTH as SNIPPET
from rag.snippet import snip
from rag.unproved import unproved
from rag.verdict import verdict
from rag.wording import numbers, overlap, pairs

MAX_CLAIMS = 3  # sentences of a draft that are shown; no more need be written
SAYS = 6  # letters from which on a sentence of a draft says something
MAX_WRITTEN = 160  # characters of a draft's sentence; a longer one runs on and on, and is shown as an extract
SIDES = 280  # characters where things are set side by side, shared among them; the least for one of many
SIDE = 45


Opening = tuple[str, Sequence[Stretch]]


def compose(
    question: str,
    draft: str,
    evidence: Sequence[Evidence],
    places: Places,
    sides: Sequence[str] = (),
    openings: Sequence[Opening] = (),
) -> Composition:
    """The draft's supported sentences, then what the best evidence adds to them, all in words of the source.

    `evidence` is scored, bigger is better, about the probability that a sentence answers. A draft sentence that is not
    proved never shows; its words still help to choose the evidence. Without a draft the answer is an extract. Where
    things are set side by side the first sentences of the evidence answer one each of `sides`, whatever the draft says.
    `openings` are claims that stand in front. Empty only when there is no evidence.
    """
    want = _wanted(question, draft, evidence)
    builder = _builder(question, evidence, places, titled=len(sides) > 1 and _differ(evidence[: len(sides)]))
    for text, pieces in openings:
        builder.state(text, pieces)
    if len(sides) > 1:
        return _side_by_side(builder, want, sides, abreast(sides, evidence))
    used = _write(builder, want, draft, evidence)
    ranked = suited(question, want.kind, evidence)
    for piece in select(want, ranked, draft, used, repeat=builder.placed):
        _show(builder, piece)
    return builder.done(_verdict(want, builder), removal_note(builder.removed))


def compose_draft(question: str, draft: str, evidence: Sequence[Evidence], places: Places) -> Composition:
    """The draft's supported sentences alone: what a writer who was stopped had proved so far."""
    builder = _builder(question, evidence, places)
    _write(builder, _wanted(question, draft, evidence), draft, evidence, replaced=False)
    return builder.done()


def _side_by_side(builder: Builder, want: Wanted, sides: Sequence[str], chosen: Sequence[Evidence]) -> Composition:
    """What is said of each side, behind which of them it is that is more, where the words prove it."""
    longest = max(SIDE, SIDES // len(chosen))
    pieces = [want.stretch(e, longest) for e in chosen]
    if settled := conclusion(want.question, names(want.question, sides, chosen), [piece.text for piece in pieces]):
        builder.state(settled, pieces)
    for piece in pieces:
        _show(builder, piece)
    return builder.done()


def _wanted(question: str, draft: str, evidence: Sequence[Evidence]) -> Wanted:
    return wanted(question, kind(question), form(question), draft, evidence)


def _builder(question: str, evidence: Sequence[Evidence], places: Places, *, titled: bool = False) -> Builder:
    documents = len({e.hit.document for e in evidence})
    return Builder(places, question, asks_sections(question), titled, documents)


def _differ(evidence: Sequence[Evidence]) -> bool:
    return len({Path(e.hit.document).stem for e in evidence}) > 1


def _show(builder: Builder, piece: Stretch) -> None:
    builder.add(excerpt(piece.evidence.text, piece.span), piece.evidence, piece.span)


def _write(
    builder: Builder, want: Wanted, draft: str, evidence: Sequence[Evidence], *, replaced: bool = True
) -> list[Stretch]:
    """Add what the draft says and the evidence carries; returns the stretches it rests on.

    The draft's own wording is kept where no number, name or quotation of it is new; else the sentence it cites speaks.
    A sentence that nothing carries gives way to the words of the source that it was about, once, where it is to be
    `replaced`, or is counted as removed: half a sentence is about nothing yet.
    """
    used: list[Stretch] = []
    before = len(builder.claims)
    for a in attribute(draft, evidence, several=True):
        if not _has_room(want.form, used, sum(len(c.text) for c in builder.claims[before:]) + len(a.text)):
            break
        if a.verdict == "supported" and len(a.text) <= MAX_WRITTEN:
            used += _supported(builder, a)
        elif replaced and (piece := rewritten(a.text, evidence)):
            stretch = Stretch(piece.evidence, piece.span)
            _show(builder, stretch)
            used.append(stretch)
        else:
            builder.removed += sum(c.isalnum() for c in a.text) >= SAYS
    return used


def _supported(builder: Builder, a: Attribution) -> list[Stretch]:
    """Show the claim in its own words, or those of the sentences it cites."""
    under = (a.evidence, *a.others)
    pieces = [Stretch(e, (0, len(e.text))) for e in under] if a.others else [Stretch(a.evidence, _resting_place(a))]
    if unproved(a.text, [e.text for e in under], [e.hit.section for e in under]):
        for piece in pieces:
            _show(builder, piece)
    else:
        builder.write(readable(a.text), pieces)
    return pieces


def _has_room(own: Form, used: Sequence[Stretch], length: int) -> bool:
    """Whether one more sentence has a place, with which the answer is `length` characters long; the first always has."""
    return not used or (len(used) < max(own.claims, MAX_CLAIMS) and length <= own.room)


def _resting_place(a: Attribution) -> tuple[int, int]:
    """The clauses of the source sentence that carry the claim; all of it when no part does so as well."""
    text = a.evidence.text
    start, end = snip(text, Counter(pairs(a.text)), max(len(a.text) + 40, SNIPPET))
    part = text[start:end]
    as_well = overlap(a.text, part) >= 0.98 * overlap(a.text, text) and numbers(a.text) & numbers(text) <= numbers(part)
    return (start, end) if as_well else (0, len(text))


def _verdict(want: Wanted, builder: Builder) -> str:
    """“是。” or “不是。” in front of an answer whose first words prove it."""
    if want.kind != "yes_no" or not builder.citations:
        return ""
    said = verdict(want.question, builder.claims[0].text)
    return f"{said}。" if said else ""
