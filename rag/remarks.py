"""Question + evidence -> what an answer opens with before it answers: a premise put right, sources that differ. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rag.composition import Stretch
from rag.conflicts import Conflict, Side, conflicts
from rag.evidence import Evidence
from rag.material import Material
from rag.premises import Correction, corrections


@dataclass(frozen=True, slots=True)
class Remark:
    """A claim of its own, and the stretches of the sources that prove it."""

    text: str
    pieces: tuple[Stretch, ...]


@dataclass(frozen=True, slots=True)
class Remarks:
    """`corrected` are those that put a premise of the question right: such a question is answered, not declined."""

    corrected: tuple[Remark, ...] = ()
    differing: tuple[Remark, ...] = ()

    @property
    def all(self) -> tuple[Remark, ...]:
        """In the order in which they are shown."""
        return (*self.corrected, *self.differing)


def remarks(question: str, material: Material) -> Remarks:
    """What is to be said first; nothing for most questions."""
    corrected = corrections(question, material.near, material.hits)
    if corrected:
        return Remarks(tuple(map(_corrected, corrected[:1])))
    if len(material.sides) > 1:
        return Remarks()
    return Remarks((), tuple(map(_differing, conflicts(question, material.near)[:1])))


def _corrected(correction: Correction) -> Remark:
    return Remark(correction.text, (_whole(correction.evidence),))


def _differing(conflict: Conflict) -> Remark:
    first, second = _places(conflict.first, conflict.second)
    text = f"各处说法不一：{first}写“{conflict.first.value}”，{second}写“{conflict.second.value}”。"
    return Remark(text, (_whole(conflict.first.evidence), _whole(conflict.second.evidence)))


def _places(first: Side, second: Side) -> tuple[str, str]:
    """What the two sources are called: by their documents, else by their sections, else one and the other."""
    hits = first.evidence.hit, second.evidence.hit
    for names in ([Path(hit.document).stem for hit in hits], [hit.section for hit in hits]):
        if names[0] != names[1] and all(names):
            return f"“{names[0]}”", f"“{names[1]}”"
    return "一处", "另一处"


def _whole(evidence: Evidence) -> Stretch:
    return Stretch(evidence, (0, len(evidence.text)))


def openings(found: Remarks) -> Sequence[tuple[str, Sequence[Stretch]]]:
    """In the form that compose() takes."""
    return [(remark.text, remark.pieces) for remark in found.all]
