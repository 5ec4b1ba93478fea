"""Gold sets: read whole, or every error says where and what to do."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_eval_samples import gold

from eval.lines import DatasetError
from eval.questions import GoldQuestion, check_gold, half, read_gold, to_line

GOOD: dict[str, Any] = {
    "id": "a1",
    "type": "factoid",
    "question": "何时？",
    "history": [{"role": "user", "content": "你好"}],
    "answer": "2024年",
    "must": [["2024年", "二〇二四年"]],
    "evidence": ["2024年3月20日"],
    "answerable": True,
}


def write(path: Path, *values: object) -> Path:
    path.write_text("\n".join(v if isinstance(v, str) else json.dumps(v) for v in values), encoding="utf-8")
    return path


def test_a_gold_line_becomes_a_question(tmp_path: Path) -> None:
    assert read_gold(write(tmp_path / "g.jsonl", GOOD, "")) == [
        GoldQuestion(
            id="a1",
            type="factoid",
            question="何时？",
            history=({"role": "user", "content": "你好"},),
            answer="2024年",
            must=(("2024年", "二〇二四年"),),
            evidence=("2024年3月20日",),
            answerable=True,
        )
    ]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"must": [["。"]]}, "第 2 行：字段 must 第 1 项 里的「。」没有文字。请填上文字或删去。"),
        ({"must": [[]]}, "第 2 行：字段 must 第 1 项是空的。请至少写一种说法，或删去这一项。"),
        ({"must": "2024年"}, '第 2 行：字段 must 应是列表。请写成 [["事实一"], ["事实二", "另一种写法"]]。'),
        ({"must": ["2024年"]}, '第 2 行：字段 must 第 1 项 应是字符串的列表。请写成 ["…", "…"]。'),
        ({"answerable": "yes"}, "第 2 行：字段 answerable 应是 true 或 false，现在是 'yes'。请改正。"),
        ({"question": " "}, "第 2 行：字段 question 是空的。请填上内容。"),
        ({"answer": 7}, "第 2 行：字段 answer 应是字符串，现在是 7。请改正。"),
        ({"evidence": [3]}, '第 2 行：字段 evidence 应是字符串的列表。请写成 ["…", "…"]。'),
        ({"id": "a1"}, "第 2 行：id「a1」与第 1 行重复。请改成不同的编号。"),
    ],
)
def test_a_bad_field_is_named_with_its_line_and_remedy(tmp_path: Path, change: dict[str, Any], told: str) -> None:
    path = write(tmp_path / "g.jsonl", GOOD, {**GOOD, "id": "a2", **change})
    with pytest.raises(DatasetError) as error:
        read_gold(path)
    assert str(error.value) == f"{path} {told}"


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"evidences": []}, "不认识字段 evidences"),
        ({"questions": ""}, "不认识字段 questions，是不是 question？请改正拼写"),
        ({"type": " "}, "字段 type 是空的"),
        ({"paraphrases": "何年？"}, "字段 paraphrases 应是字符串的列表"),
        ({"must": []}, "可回答的题至少要有一个事实"),
        ({"history": [{"role": "system", "content": "x"}]}, "字段 history 应是消息的列表"),
        ({"history": [7]}, "字段 history 应是消息的列表"),
        ({"history": None}, "字段 history 应是消息的列表"),
    ],
)
def test_other_bad_fields_are_named_too(tmp_path: Path, change: dict[str, Any], told: str) -> None:
    with pytest.raises(DatasetError, match=r"第 1 行：.*" + told):
        read_gold(write(tmp_path / "g.jsonl", {**GOOD, **change}))


def test_a_missing_field_is_named(tmp_path: Path) -> None:
    path = write(tmp_path / "g.jsonl", {k: v for k, v in GOOD.items() if k != "must"})
    with pytest.raises(DatasetError) as error:
        read_gold(path)
    assert str(error.value) == (
        f"{path} 第 1 行：缺少字段 must。请补上，必需字段有 id、type、question、answer、must、answerable。"
    )


def test_an_unreadable_line_is_named(tmp_path: Path) -> None:
    path = write(tmp_path / "g.jsonl", GOOD, '{"id": "a2",')
    with pytest.raises(DatasetError) as error:
        read_gold(path)
    assert str(error.value) == (f"{path} 第 2 行不是完整的 JSON（第 13 个字符处）。请检查引号、逗号和括号。")


@pytest.mark.parametrize(
    ("data", "told"), [(None, "找不到"), (b"\xff\xfe\x00", "UTF-8"), (b"[1]\n", "JSON 对象"), (b"\n", "没有题目")]
)
def test_a_file_that_is_no_gold_set_is_refused(tmp_path: Path, data: bytes | None, told: str) -> None:
    if data is not None:
        (tmp_path / "g.jsonl").write_bytes(data)
    with pytest.raises(DatasetError, match=told):
        read_gold(tmp_path / "g.jsonl")


def test_the_halves_never_change() -> None:
    found = {i: half(i) for i in ("q1", "q2", "q3", "factoid-01", "list-07", "追问-3", "x" * 100, "")}
    assert found == {
        "q1": "report",
        "q2": "report",
        "q3": "report",
        "factoid-01": "tune",
        "list-07": "tune",
        "追问-3": "report",
        "x" * 100: "tune",
        "": "report",
    }


@given(st.text())
def test_every_id_has_one_half(question_id: str) -> None:
    assert half(question_id) in ("tune", "report")
    assert half(question_id) == half(question_id)


def test_the_halves_are_about_even() -> None:
    tuned = sum(half(f"question-{n}") == "tune" for n in range(1000))
    assert 450 < tuned < 550


def test_all_problems_of_a_file_are_told_at_once(tmp_path: Path) -> None:
    bad = {"id": "a2", "type": "factoid", "question": "", "answer": 7, "must": [], "answerable": True}
    path = write(tmp_path / "g.jsonl", GOOD, bad, "{", GOOD)
    with pytest.raises(DatasetError) as error:
        read_gold(path)
    assert str(error.value).split("\n") == [
        "评测集有 5 处问题：",
        f"{path} 第 2 行：字段 question 是空的。请填上内容。",
        f"{path} 第 2 行：字段 answer 应是字符串，现在是 7。请改正。",
        f"{path} 第 2 行：字段 must 是空的，可回答的题至少要有一个事实。"
        '请写成 [["事实一", "事实一的另一种写法"], ["事实二"]]；若原文没有答案，请把 answerable 改为 false。',
        f"{path} 第 3 行不是完整的 JSON（第 2 个字符处）。请检查引号、逗号和括号。",
        f"{path} 第 4 行：id「a1」与第 1 行重复。请改成不同的编号。",
    ]


def test_twenty_problems_are_shown_and_the_rest_counted(tmp_path: Path) -> None:
    with pytest.raises(DatasetError) as error:
        read_gold(write(tmp_path / "g.jsonl", *["{"] * 33))
    lines = str(error.value).split("\n")
    assert (len(lines), lines[0], lines[-1]) == (
        22, "评测集有 33 处问题：", "……还有 13 处。请先改正以上各处，再检查一次。"
    )  # fmt: skip


def test_an_unknown_type_and_a_foreign_field_are_noticed_only(tmp_path: Path) -> None:
    found = check_gold(write(tmp_path / "g.jsonl", {**GOOD, "type": "table", "source_url": "x"}))
    assert [q.type for q in found.questions] == ["table"]
    assert found.problems == ()
    assert [n.split("：", 1)[1] for n in found.notices] == [
        "字段 source_url 没有用到。",
        "题型「table」不在常用题型里，按原名统计。常用的有：factoid、list、why_how、multi_evidence、cross_speech、"
        "ocr_noise、paraphrase、unanswerable、false_premise、follow_up。",
    ]


def test_other_wordings_of_the_question_are_kept(tmp_path: Path) -> None:
    assert read_gold(write(tmp_path / "g.jsonl", {**GOOD, "paraphrases": ["哪天？"]}))[0].paraphrases == ("哪天？",)


words = st.text(alphabet='中部地区粮食百分之29.5%"\\{}<>\n\u2028 ', min_size=1, max_size=30).map(lambda t: f"字{t}")


@given(
    words, words, st.lists(st.lists(words, min_size=1, max_size=3), min_size=1, max_size=3), st.lists(words, max_size=2)
)
def test_a_written_question_is_read_back(
    tmp_path_factory: pytest.TempPathFactory, question: str, answer: str, must: list[list[str]], other: list[str]
) -> None:
    made = gold(question=question, answer=answer, must=tuple(map(tuple, must)), paraphrases=tuple(other))
    path = tmp_path_factory.mktemp("gold") / "g.jsonl"
    path.write_text(to_line(made) + "\n", encoding="utf-8")
    assert "\n" not in to_line(made)
    assert read_gold(path) == [made]


def test_half_a_character_is_named(tmp_path: Path) -> None:
    path = write(tmp_path / "g.jsonl", GOOD, {**GOOD, "id": "a\ud83d"})
    with pytest.raises(DatasetError, match="第 2 行：里面有半个字符"):
        read_gold(path)
