"""What readers thought of answers -> proposals for gold questions. Pure."""

from __future__ import annotations

from eval.drafting.proposals import Proposal, Quote, proposal_id
from eval.measures.folding import without_marks
from rag.feedback import Feedback


def from_feedback(feedback: Feedback) -> Proposal:
    """A thumb up offers the answer and its quotes; a thumb down the question alone, the answer being for a person to write."""
    liked, answer = feedback.verdict == "up", feedback.answer
    refused = bool(answer.get("refused"))
    missing = refused if liked else feedback.reason == "应拒答"
    said = without_marks(str(answer.get("answer", ""))).strip()
    because = f"（{feedback.reason}）" if feedback.reason else ""
    return Proposal(
        id=proposal_id("feedback", feedback.id, feedback.created, feedback.question),
        kind="unanswerable" if missing else "follow_up" if feedback.history else "factoid",
        question=feedback.question,
        history=tuple({"role": m["role"], "content": m["content"]} for m in feedback.history),
        answer=said if liked and not refused else "",
        must=(),
        answerable=not missing,
        quotes=tuple(_quotes(answer.get("citations", ()))),
        origin="feedback",
        reasons=("读者觉得答得好" if liked else f"读者觉得答得不好{because}", f"当时的回答：{said}"),
        model=str(answer.get("model", "")),
        created=feedback.created,
    )


def _quotes(citations: object) -> list[Quote]:
    if not isinstance(citations, list):
        return []
    return [Quote(c["document"], c["section"], c["start"], c["end"], c["quote"]) for c in citations]
