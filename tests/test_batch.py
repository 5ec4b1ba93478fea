"""Batches: a line in, a line out; what is wrong with a line is said with its number."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from index.errors import JudianError
from rag.batch import Question, read_questions, run


def lines(folder: Path, *texts: str) -> Path:
    file = folder / "问题.jsonl"
    file.write_text("\n".join(texts) + "\n", encoding="utf-8")
    return file


def echo(question: Question) -> dict[str, Any]:
    if "坏" in question.text:
        raise JudianError("这一问不行。")
    return {"id": question.id, "question": question.text}


def test_questions_are_read_with_their_history_and_without_ids_numbered_by_line(tmp_path: Path) -> None:
    turns = [{"role": "user", "content": "甲？"}, {"role": "assistant", "content": "乙。"}]
    file = lines(
        tmp_path,
        json.dumps({"id": "q1", "question": "那呢？", "history": turns}),
        "",
        '{"question": "“引号”与\\n换行"}',
        '{"id": 7, "question": "", "history": null, "note": "x"}',
    )
    assert read_questions(file) == [
        Question("q1", "那呢？", tuple(turns)),
        Question("3", "“引号”与\n换行", ()),
        Question("7", "", ()),
    ]


def test_a_byte_order_mark_is_passed_over(tmp_path: Path) -> None:
    file = tmp_path / "q.jsonl"
    file.write_text('{"id": "1", "question": "甲"}', encoding="utf-8-sig")
    assert read_questions(file) == [Question("1", "甲", ())]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("不是 JSON", "第 2 行 不是 JSON"),
        ('{"id": "2", "question"', "第 2 行 不是 JSON"),
        ('["甲"]', '第 2 行 缺少字段 "question"'),
        ('{"id": "2"}', '第 2 行 缺少字段 "question"'),
        ('{"question": 5}', '第 2 行 缺少字段 "question"'),
        ('{"question": "甲", "history": "乙"}', '第 2 行 的 "history" 应是数组'),
        ('{"question": "甲", "history": [{"role": "user"}]}', '第 2 行 的 "history" 各项应有 "role" 和 "content"'),
    ],
)
def test_a_malformed_line_is_named_with_what_is_wrong(tmp_path: Path, line: str, message: str) -> None:
    with pytest.raises(JudianError) as error:
        read_questions(lines(tmp_path, '{"question": "好"}', line))
    assert message in str(error.value)


@pytest.mark.parametrize("data", [None, b"", b"\n \n", "{}".encode("utf-16")])
def test_a_file_without_questions_is_named(tmp_path: Path, data: bytes | None) -> None:
    file = tmp_path / "q.jsonl"
    if data is not None:
        file.write_bytes(data)
    with pytest.raises(JudianError, match=f"问题文件 {file}"):
        read_questions(file)


def test_results_are_written_line_by_line_and_a_failing_question_is_left_out_and_counted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "新 文件夹" / "答.jsonl"
    questions = [Question(str(n), text, ()) for n, text in enumerate(["甲", "坏", "“乙”\n"])]
    assert run(questions, out, echo) == 1
    written = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    assert written == [{"id": "0", "question": "甲"}, {"id": "2", "question": "“乙”\n"}]
    assert "1：这一问不行。" in capsys.readouterr().err


def test_what_was_done_before_an_interruption_is_kept(tmp_path: Path) -> None:
    def stopped(question: Question) -> dict[str, Any]:
        if question.id == "2":
            raise KeyboardInterrupt
        return {"id": question.id}

    with pytest.raises(KeyboardInterrupt):
        run([Question(str(n), "甲", ()) for n in range(4)], tmp_path / "答.jsonl", stopped)
    assert (tmp_path / "答.jsonl").read_text() == '{"id": "0"}\n{"id": "1"}\n'


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "件").write_text("x")
    with pytest.raises(JudianError, match="写不了"):
        run([Question("1", "甲", ())], tmp_path / "件" / "答.jsonl", echo)


def test_a_line_separator_inside_a_question_is_text(tmp_path: Path) -> None:
    line = json.dumps({"id": "1", "question": "甲\u2028乙"}, ensure_ascii=False)
    assert read_questions(lines(tmp_path, line)) == [Question("1", "甲\u2028乙", ())]
