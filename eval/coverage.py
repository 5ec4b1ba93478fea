"""Gold questions + passages -> which documents, sections and types they ask about, and which they do not. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from eval.measures.folding import fold
from eval.questions import TYPES, GoldQuestion
from eval.report.tables import TYPE_TEXT, lay_out

Named = tuple[str, str, str]
"""Document, section and display text of a passage."""

Place = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Coverage:
    """Questions by place (every place of the store, in its order) and by type (every known type, and those met)."""

    places: Mapping[Place, int]
    documents: Mapping[str, int]
    types: Mapping[str, int]
    unplaced: tuple[str, ...]  # ids of questions with evidence that stands in no section


def coverage(questions: Sequence[GoldQuestion], passages: Sequence[Named]) -> Coverage:
    """A question counts once for each document and section in which a quote of its evidence stands."""
    texts: dict[Place, str] = {}
    for document, section, text in passages:
        texts[document, section] = texts.get((document, section), "") + text
    folded = {place: fold(text) for place, text in texts.items()}
    places, documents = Counter[Place](), Counter[str]()
    unplaced = []
    for question in questions:
        quotes = [fold(q) for q in question.evidence]
        found = {place for place, text in folded.items() if any(q in text for q in quotes)}
        places.update(found)
        documents.update({document for document, _ in found})
        if quotes and not found:
            unplaced.append(question.id)
    types = Counter(q.type for q in questions)
    return Coverage(
        places={place: places[place] for place in texts},
        documents={name: documents[name] for name in dict.fromkeys(d for d, _ in texts)},
        types={kind: types[kind] for kind in dict.fromkeys([*TYPES, *types])},
        unplaced=tuple(unplaced),
    )


def show(found: Coverage) -> str:
    """Two tables, and what has no question."""
    rows = [["文档 · 章节", "题数"]]
    for name, n in found.documents.items():
        rows.append([name, str(n)])
        sections = [(s, m) for (d, s), m in found.places.items() if d == name]
        rows += [[f"  {s or '（标题前）'}", str(m)] for s, m in sections if len(sections) > 1]
    kinds = [["题型", "题数"], *([TYPE_TEXT.get(k, k), str(n)] for k, n in found.types.items())]
    return "\n\n".join([lay_out(rows), lay_out(kinds), *_missing(found)])


def _missing(found: Coverage) -> list[str]:
    empty = {
        "没有题的文档": [d for d, n in found.documents.items() if not n],
        "没有题的章节": [
            f"{d} · {s or '（标题前）'}" for (d, s), n in found.places.items() if not n and found.documents[d]
        ],
        "没有题的题型": [TYPE_TEXT.get(k, k) for k, n in found.types.items() if not n],
        "证据不在任何章节里的题": list(found.unplaced),
    }
    lines = [f"{head}（{len(items)}）：{'、'.join(items)}" for head, items in empty.items() if items]
    return lines or ["每篇文档、每个章节、每种题型都有题。"]


def to_json(found: Coverage) -> dict[str, Any]:
    """The same as one JSON object."""
    return {
        "documents": dict(found.documents),
        "sections": [{"document": d, "section": s, "questions": n} for (d, s), n in found.places.items()],
        "types": dict(found.types),
        "without": {
            "documents": [d for d, n in found.documents.items() if not n],
            "sections": [{"document": d, "section": s} for (d, s), n in found.places.items() if not n],
            "types": [k for k, n in found.types.items() if not n],
        },
        "unplaced": list(found.unplaced),
    }
