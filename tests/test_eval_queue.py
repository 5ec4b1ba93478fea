"""The queue of proposals and the gold file: two processes at once, damage, judgement and undo."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_eval_samples import gold, gold_lines

from eval.drafting.proposals import Proposal, Quote, from_json, proposal_id, to_gold, to_json
from eval.drafting.queue import Entry, Queue, QueueError
from eval.goldfile import put, take_out
from eval.questions import read_gold, to_line
from eval.review.feedback import from_feedback
from eval.review.judging import FormError, accept, drop, gold_question, proposed_form, sent_form, undo
from rag.feedback import Feedback, FeedbackError, FeedbackFile

ROOT = Path(__file__).resolve().parents[1]
SOURCE = "新员工试用期为3个月。考勤由人事部负责。"


def proposal(n: int = 1, **changes: object) -> Proposal:
    made = Proposal(
        id=f"draft-{n}",
        kind="factoid",
        question=f"新员工的试用期有多长（{n}）？",
        history=(),
        answer="3个月",
        must=(("3个月", "三个月"),),
        answerable=True,
        quotes=(Quote("手册.txt", "考勤", 0, 10, "新员工试用期为3个月。"),),
        origin="draft",
        reasons=("问的是原句里的“3个月”",),
        model="fake",
        created="2024-01-02T03:04:05+00:00",
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def states(queue: Queue) -> dict[str, str]:
    return {e.proposal.id: e.state for e in queue.entries()}


def test_a_proposal_is_read_back_as_it_was(tmp_path: Path) -> None:
    queue = Queue(tmp_path / "库" / "q.sqlite")
    queue.add([proposal(1), proposal(2, history=({"role": "user", "content": "你好"},))])
    assert queue.entries() == [
        Entry(proposal(1), "waiting", ""),
        Entry(proposal(2, history=({"role": "user", "content": "你好"},)), "waiting", ""),
    ]
    assert from_json(json.loads(json.dumps(to_json(proposal())))) == proposal()


def test_a_waiting_proposal_is_renewed_and_a_judged_one_left_alone(tmp_path: Path) -> None:
    queue = Queue(tmp_path / "q.sqlite")
    queue.add([proposal(1), proposal(2)])
    drop(queue, tmp_path / "g.jsonl", proposal(2))
    queue.add([proposal(1, question="新问法？"), proposal(2, question="新问法？")])
    assert [(e.proposal.question, e.state) for e in queue.entries()] == [
        ("新问法？", "waiting"),
        (proposal(2).question, "dropped"),
    ]
    queue.withdraw(["draft-1", "draft-2"])
    assert states(queue) == {"draft-2": "dropped"}


def test_what_was_tried_is_remembered(tmp_path: Path) -> None:
    Queue(tmp_path / "q.sqlite").mark_tried("k", "太短")
    Queue(tmp_path / "q.sqlite").mark_tried("k", "proposed")
    assert Queue(tmp_path / "q.sqlite").tried() == {"k": "proposed"}


WRITER = """
import sys
from pathlib import Path
from eval.drafting.queue import Queue
from eval.review.judging import accept
from eval.drafting.proposals import to_gold
from test_eval_queue import proposal
queue = Queue(Path(sys.argv[1]))
for n in range(int(sys.argv[2]), int(sys.argv[2]) + 20):
    queue.add([proposal(n)])
    accept(queue, Path(sys.argv[3]), proposal(n), to_gold(proposal(n)))
"""


def test_two_processes_lose_nothing(tmp_path: Path) -> None:
    file, path = tmp_path / "q.sqlite", tmp_path / "g.jsonl"
    environment = {"PYTHONPATH": f"{ROOT}:{ROOT / 'tests'}", "PATH": "/usr/bin:/bin"}
    running = [
        subprocess.Popen([sys.executable, "-c", WRITER, file, str(start), path], env=environment, cwd=tmp_path)
        for start in (100, 200)
    ]
    assert [process.wait(60) for process in running] == [0, 0]
    wanted = {f"draft-{n}" for start in (100, 200) for n in range(start, start + 20)}
    assert set(states(Queue(file)).values()) == {"accepted"}
    assert set(states(Queue(file))) == wanted
    assert {q.id for q in read_gold(path)} == wanted


def test_a_damaged_queue_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "q.sqlite").write_bytes(b"no database at all" * 300)
    with pytest.raises(QueueError, match=r"已损坏.*改名留存后重新出题：python -m eval draft"):
        Queue(tmp_path / "q.sqlite")


def test_a_queue_with_a_damaged_row_says_what_to_do(tmp_path: Path) -> None:
    queue = Queue(tmp_path / "q.sqlite")
    queue.add([proposal()])
    with queue.transaction() as connection:
        connection.execute("UPDATE proposals SET proposal = '[1]'")
    with pytest.raises(QueueError, match="已损坏"):
        queue.entries()


def test_a_queue_in_an_impossible_place_says_so(tmp_path: Path) -> None:
    (tmp_path / "文件").write_text("x")
    with pytest.raises(QueueError, match="--queue"):
        Queue(tmp_path / "文件" / "q.sqlite")


def test_an_accepted_question_is_appended_and_undo_takes_it_back(tmp_path: Path) -> None:
    queue, path = Queue(tmp_path / "q.sqlite"), tmp_path / "新" / "g.jsonl"
    queue.add([proposal(1), proposal(2)])
    accept(queue, path, proposal(1), to_gold(proposal(1)))
    changed = replace(to_gold(proposal(2)), question="试用期几个月？")
    accept(queue, path, proposal(2), changed)
    assert read_gold(path) == [to_gold(proposal(1)), changed]
    assert states(queue) == {"draft-1": "accepted", "draft-2": "edited"}
    undo(queue, path, proposal(1))
    drop(queue, path, proposal(2))
    assert path.read_text(encoding="utf-8") == ""
    assert states(queue) == {"draft-1": "waiting", "draft-2": "dropped"}


def test_what_is_gone_from_the_queue_cannot_be_accepted(tmp_path: Path) -> None:
    with pytest.raises(Exception, match="不在待审列表里"):
        accept(Queue(tmp_path / "q.sqlite"), tmp_path / "g.jsonl", proposal(), to_gold(proposal()))
    assert not (tmp_path / "g.jsonl").exists()


@given(st.lists(st.integers(0, 5), unique=True, max_size=6), st.data())
def test_putting_and_taking_out_leaves_the_other_lines_alone(
    tmp_path_factory: pytest.TempPathFactory, numbers: list[int], data: st.DataObject
) -> None:
    path = tmp_path_factory.mktemp("gold") / "g.jsonl"
    kept = gold_lines([gold(id=f"老题{n}") for n in numbers])
    path.write_text(kept.rstrip("\n") if data.draw(st.booleans()) else kept, encoding="utf-8")
    put(path, to_gold(proposal()))
    put(path, to_gold(proposal(answer="3个月。")))
    assert path.read_text(encoding="utf-8") == kept + to_line(to_gold(proposal(answer="3个月。"))) + "\n"
    take_out(path, "draft-1")
    take_out(path, "没有这题")
    assert path.read_text(encoding="utf-8") == kept


def test_lines_of_another_editor_stay_as_they_are_byte_for_byte(tmp_path: Path) -> None:
    path = tmp_path / "g.jsonl"
    old = b"\xef\xbb\xbf" + "".join(to_line(gold(id=f"老题{n}")) + "\r\n" for n in range(2)).encode()
    path.write_bytes(old)
    put(path, to_gold(proposal()))
    assert path.read_bytes() == old + f"{to_line(to_gold(proposal()))}\n".encode()
    put(path, gold(id="老题0"))
    take_out(path, "draft-1")
    assert path.read_bytes() == f"{to_line(gold(id='老题0'))}\n{to_line(gold(id='老题1'))}\r\n".encode()


def test_the_same_origin_has_the_same_id_for_ever() -> None:
    assert proposal_id("draft", "a", 1) == proposal_id("draft", "a", 1) == "draft-05a9c569a185"
    assert proposal_id("draft", "a", 2) != proposal_id("draft", "a", 1) != proposal_id("feedback", "a", 1)


def test_an_untouched_form_gives_the_proposal_itself() -> None:
    assert gold_question(proposed_form(proposal()), proposal(), [SOURCE]) == to_gold(proposal())


def test_an_edited_form_becomes_a_gold_question() -> None:
    fields = {
        "question": [" 试用期几个月？ "], "answer": ["三个月"], "fact": ["3个月｜三个月", " ", "人事部"], "type": ["list"],
        "answerable": ["yes"], "evidence": ["考勤由人事部负责\r\n"],
    }  # fmt: skip
    made = gold_question(sent_form(fields, proposal()), proposal(), [SOURCE])
    assert (made.question, made.must, made.evidence, made.type, made.id) == (
        "试用期几个月？", (("3个月", "三个月"), ("人事部",)), ("考勤由人事部负责",), "list", "draft-1"
    )  # fmt: skip


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"fact": []}, "“答案要点”是空的：可回答的题至少要有一个要点；如果文档里没有答案，请选“无答案”。"),
        ({"question": [""]}, "“题目”是空的。请填上内容。"),
        ({"answer": [""]}, "可回答的题要写答案。"),
        ({"evidence": ["原文没有的话"]}, "补充的证据“原文没有的话”在文档里找不到。请照抄原文的一句。"),
    ],
)
def test_a_form_that_cannot_be_used_says_why(change: dict[str, list[str]], told: str) -> None:
    fields = {"question": ["问？"], "answer": ["答"], "fact": ["3个月"], "type": ["factoid"], "answerable": ["yes"]}
    with pytest.raises(FormError) as error:
        gold_question(sent_form({**fields, **change}, proposal()), proposal(), [SOURCE])
    assert str(error.value) == told


def answer(**changes: object) -> dict[str, object]:
    cited = {"n": 1, "document": "手册.txt", "section": "考勤", "start": 0, "end": 10, "quote": "新员工试用期为3个月。"}
    return {"answer": "试用期为3个月[1]。", "refused": False, "model": "m", "citations": [cited], **changes}


def test_a_thumb_up_offers_answer_and_evidence_and_a_thumb_down_the_question() -> None:
    up = from_feedback(Feedback(1, "试用期？", (), answer(), "up", "", {}, "2024-01-01"))
    assert (up.answer, up.quotes[0].quote, up.answerable, up.kind) == (
        "试用期为3个月。", "新员工试用期为3个月。", True, "factoid"
    )  # fmt: skip
    down = from_feedback(Feedback(2, "试用期？", (), answer(), "down", "漏答", {}, "2024-01-01"))
    assert (down.answer, down.must, down.reasons) == (
        "", (), ("读者觉得答得不好（漏答）", "当时的回答：试用期为3个月。")
    )  # fmt: skip
    assert not from_feedback(Feedback(3, "？", (), answer(), "down", "应拒答", {}, "")).answerable
    assert not from_feedback(Feedback(3, "？", (), answer(refused=True), "up", "", {}, "")).answerable


def test_feedback_is_kept_changed_and_taken_back(tmp_path: Path) -> None:
    file = FeedbackFile(tmp_path / "f.sqlite")
    assert file.all() == []
    first = file.put("问？", [{"role": "user", "content": "前"}], answer(), "up", {"encoder": "e"})
    second = file.put("问二？", [], answer(), "down", {})
    file.change(first, "down", "漏答")
    file.withdraw(second)
    (kept,) = file.all()
    assert (kept.id, kept.question, kept.history, kept.answer, kept.verdict, kept.reason, kept.models) == (
        first, "问？", ({"role": "user", "content": "前"},), answer(), "down", "漏答", {"encoder": "e"}
    )  # fmt: skip


def test_a_damaged_feedback_file_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "f.sqlite").write_bytes(b"garbage" * 500)
    with pytest.raises(FeedbackError, match="已损坏，读不出来。请把它改名留存"):
        FeedbackFile(tmp_path / "f.sqlite").all()


def test_dropping_what_was_never_accepted_leaves_a_line_of_another_queue(tmp_path: Path) -> None:
    queue, path = Queue(tmp_path / "q.sqlite"), tmp_path / "g.jsonl"
    queue.add([proposal(1)])
    accept(queue, path, proposal(1), to_gold(proposal(1)))
    undo(queue, path, proposal(1))
    put(path, to_gold(proposal(1)))  # another queue's reader took the same question
    before = path.read_bytes()
    drop(queue, path, proposal(1))
    assert path.read_bytes() == before
