"""Drafting: what is asked stands in the sentence, what is not stated is not answered, and nothing is asked twice."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from fake_encoder import HashEncoder
from fake_generator import FakeGenerator
from hypothesis import given
from hypothesis import strategies as st
from samples import LETTERS, SAMPLE, filled

from eval.commands import draft as draft_command
from eval.drafting import checks, fidelity, forms, wording
from eval.drafting.properties import missing, stated
from eval.drafting.proposals import Proposal, to_gold
from eval.drafting.queue import Queue
from eval.drafting.run import Attempt, draft
from eval.drafting.seeds import Seed, draw, find_seeds
from eval.drafting.spans import Target, figures, lists, reasons, single_figures
from eval.drafting.writer import DroppedError, Writer
from eval.measures.folding import holds
from index import command
from index.search import Searcher
from index.store import Store
from rag.answer import Message
from rag.generate import Generator

HANDBOOK = {
    "员工手册.txt": "第一章 考勤\n新员工试用期为3个月。请假须由部门经理审批,全年事假累计不得超过15天。\n"
    "第二章 培训\n入职培训包括安全教育、岗位教育、文化教育,合格后方可上岗。"
    "公司通过导师带徒,帮助新员工尽快熟悉岗位业务。\n",
    "年报.txt": "一、经营\n2023年1月18日,公司在上海市召开年度工作会议,总结全年经营情况。"
    "全年营业收入增长12.5%,研发投入占比达到8.3%。\n"
    "二、项目\n公司建设东海数据中心项目,支持滨海产业园,产能利用率达到92.4%。\n",
}


@pytest.mark.parametrize(
    ("sentence", "question", "facts"),
    [
        ("全年营业收入增长12.5%,研发投入占比提高。", "全年营业收入增长多少，研发投入占比提高？", ["12.5%"]),
        ("两类集群占全国比重分别达27.3%和17.8%。", "两类集群占全国比重分别达多少？", ["27.3%", "17.8%"]),
        ("新员工试用期为3个月,期满由部门考核转正。", "新员工试用期为多少个月，期满由部门考核转正？", ["3个月"]),
        ("2023年1月18日,公司召开年度工作会议。", "哪一天，公司召开年度工作会议？", ["2023年1月18日"]),
        ("会议在湖南省长沙市召开并通过了有关决议文件。", "会议在哪里召开并通过了有关决议文件？", ["湖南省长沙市"]),
        ("人才优势是一个地区最根本的优势。", "什么是一个地区最根本的优势？", ["人才优势"]),
        ("汛期河道清障由县水利局负责。", "汛期河道清障由谁负责？", ["县水利局"]),
    ],
)
def test_a_figure_gives_way_to_the_word_that_asks_for_it(sentence: str, question: str, facts: list[str]) -> None:
    (target,) = figures(sentence)[:1]
    assert (forms.ask(sentence, target), list(target.facts)) == (question, facts)


@pytest.mark.parametrize(
    ("sentence", "question", "facts"),
    [
        (
            "到2025年,中部地区质量变革、效率变革、动力变革取得突破性进展。",
            "到2025年，中部地区哪三种变革取得突破性进展？",
            ("质量变革", "效率变革", "动力变革"),
        ),
        ("推动制造业高端化、智能化、绿色化发展。", "推动制造业哪三个方面发展？", ("高端化", "智能化", "绿色化")),
        ("在亲自谋划、亲自部署、亲自推动下,取得成就。", "", ("亲自谋划", "亲自部署", "亲自推动")),
    ],
)
def test_a_list_is_asked_for_with_its_number(sentence: str, question: str, facts: tuple[str, ...]) -> None:
    (target,) = lists(sentence)
    assert (target.facts, forms.ask(sentence, target)) == (facts, question)


@pytest.mark.parametrize("sentence", ["苹果、梨。", "甲乙丙、甲乙丙、甲乙丙。", "没有列举的一句话。"])
def test_what_is_no_list_of_three_is_not_asked_for(sentence: str) -> None:
    assert list(lists(sentence)) == []


@pytest.mark.parametrize(
    ("sentence", "question", "words"),
    [
        ("由于连续强降雨,江云公路两次中断通行。", "江云公路两次中断通行，这是因为什么？", "连续强降雨"),
        ("公司通过导师带徒,帮助新员工熟悉业务。", "公司通过什么办法，帮助新员工熟悉业务？", "导师带徒"),
        ("保护河道水质,关键在于控制上游排污。", "保护河道水质，关键在于什么？", "控制上游排污"),
        ("在更高起点上推动崛起,要积极培育新质生产力。", "在更高起点上推动崛起，要怎么做？", "积极培育新质生产力"),
    ],
)
def test_causes_and_means_are_asked_for(sentence: str, question: str, words: str) -> None:
    (target,) = reasons(sentence)
    assert (forms.ask(sentence, target), target.words) == (question, words)


def test_a_question_to_one_of_several_documents_names_it(tmp_path: Path) -> None:
    questions = [a.proposal.question for a in Collection(tmp_path, None).draft(50) if a.proposal]
    assert any(q.startswith("据《年报》，") for q in questions)
    assert any(q.startswith("据《员工手册》，") for q in questions)


def test_a_false_premise_says_the_sentence_with_another_figure() -> None:
    sentence = "全年营业收入增长12.5%。"
    assert forms.assume(sentence, single_figures(sentence)[0], "8.3%") == "为什么说全年营业收入增长8.3%？"


@given(st.text(alphabet=LETTERS + "，,。、；：“”《》0123456789%年月日和由是在通过因为要", max_size=80))
def test_every_target_stands_where_it_says(sentence: str) -> None:
    for target in [*figures(sentence), *lists(sentence), *reasons(sentence)]:
        assert sentence[target.start : target.end] == target.words
        assert all(fact in target.words for fact in target.facts)
        question = forms.ask(sentence, target)
        assert question == "" or question.endswith("？")
        assert "\n" not in question


@pytest.mark.parametrize(
    ("question", "fault"),
    [
        ("公司新员工的试用期有多长？", ""),
        ("公司新员工的试用期有多长", "不以问号结尾"),
        ("多长？", "太短或太长"),
        ("新员工试用期为3个月对不对呢？", "没有疑问词"),
        ("该公司新员工的试用期有多长？", "离开原文看不懂（“该”）"),
        ("文中说的试用期一共有多长？", "离开原文看不懂（“文中”）"),
        ("原材料基地的产量一共有多少？", ""),
        ("今年公司一共新招了多少员工？", "时间不明（“今年”）"),
    ],
)
def test_a_question_must_be_whole_and_stand_alone(question: str, fault: str) -> None:
    assert checks.form(question) == fault


def test_a_question_must_not_give_its_answer_away() -> None:
    assert checks.gives_away("试用期为3个月吗？", ["3个月"]) == "题目里已有答案“3个月”"
    assert checks.gives_away("试用期为13个月吗？", ["3个月"]) == ""


def test_a_question_that_nearly_exists_is_a_repetition() -> None:
    asked = ["公司新员工的试用期有多长？"]
    assert checks.repeats("公司新员工试用期有多长？", asked) == "与已有的题几乎相同"
    assert checks.repeats("河道清障由谁负责？", asked) == ""


def test_a_property_that_is_stated_somewhere_is_not_asked_for() -> None:
    asked = {m.question: m for m in missing("支持东海数据中心项目。")}
    cost = asked["东海数据中心项目的总投资是多少亿元？"]
    assert not stated(cost, ["东海数据中心项目进展顺利。", "另一工程投资5亿元。"])
    assert stated(cost, ["东海数据中心项目总投资5亿元。"])


TRIAL = "新员工试用期为3个月,期满由部门考核转正。"
COURSES = "入职培训包括安全教育、岗位教育、文化教育,合格后方可上岗。"
MENTOR = "公司通过导师带徒,帮助新员工尽快熟悉岗位业务。"


def only_target(sentence: str) -> Target:
    """What is asked for in a sentence that holds one thing to ask for."""
    return [*figures(sentence), *lists(sentence), *reasons(sentence)][0]


@pytest.mark.parametrize(
    ("sentence", "question", "fault"),
    [
        (TRIAL, "新员工的试用期有几个月？", ""),
        (TRIAL, "新员工试用期为多少个月，期满由部门考核转正？", "与照原句写的一样"),
        (TRIAL, "新员工试用期是3个月还是几个月？", "题目里已有答案“3个月”"),
        (TRIAL, "新员工3月入职后试用期有多久？", "题目里已有答案“3”"),
        (TRIAL, "新员工的试用期由谁考核？", "问法不对（问的是数量）"),
        (TRIAL, "2023年新员工的试用期有几个月？", "多出原句没有的“2023”"),
        (TRIAL, "《劳动法》规定新员工试用期有几个月？", "多出原句没有的“《劳动法》”"),
        (TRIAL, "HR规定新员工试用期有几个月？", "多出原句没有的“HR”"),
        (TRIAL, "滨海公司新员工的试用期有几个月？", "多出原句没有的“滨海公司”"),
        (TRIAL, "员工每年可以休假多少天？", "多出原句没有的“每年可以休假”"),
        (TRIAL, "该新员工的试用期有几个月？", "离开原文看不懂（“该”）"),
        (TRIAL, "试用期多久？", "太短或太长"),
        (TRIAL, "新员工试用期为几个月", "不以问号结尾"),
        (TRIAL, "新员工试用期和期满考核分别是几个月？", "一题问了几件事"),
        (COURSES, "入职培训包括哪些教育？", ""),
        (COURSES, "入职培训包括哪些内容？", ""),
        (COURSES, "合格后方可上岗要参加哪些培训？", "没有说清列举的是什么"),
        (COURSES, "入职培训包括哪些？", "没有说清列举的是什么"),
        (COURSES, "入职培训包括哪些合格后方可上岗的教育？", "没有说清列举的是什么"),
        (COURSES, "入职培训的安全教育和哪些教育合格后方可上岗？", "题目里已有答案“安全教育”"),
        (MENTOR, "公司靠什么办法帮助新员工熟悉岗位业务？", ""),
        (MENTOR, "公司怎样用导师来带徒，帮助新员工熟悉业务？", "题目里已有大半个答案"),
        ("到2025年,森林覆盖率达到60%,绿地增加。", "森林覆盖率达到多少？", "丢了时间“2025年”"),
        ("3月20日,公司召开年度工作会议。", "公司在哪一年召开年度工作会议？", "问法不对（年、月、日对不上）"),
        ("3月20日,公司召开年度工作会议。", "公司在哪一天召开年度工作会议？", ""),
        ("人才优势是一个地区最根本的优势。", "哪个地区最根本的优势最大？", "问法不对（问的是主体）"),
        (
            "各项惠民政策都有资金和项目,要向偏远乡镇和村庄倾斜。",
            "各项惠民政策靠什么资金和项目？",
            "问法不对（问的是做法）",
        ),
    ],
)
def test_a_question_of_the_model_must_say_what_the_sentence_says(sentence: str, question: str, fault: str) -> None:
    target = only_target(sentence) if "2025年" not in sentence else figures(sentence)[1]
    assert fidelity.fault(question, forms.ask(sentence, target), sentence, "", target) == fault


def test_the_name_of_the_place_may_stand_in_the_question_of_the_model() -> None:
    question, target = "滨海公司新员工的试用期有几个月？", only_target(TRIAL)
    assert fidelity.fault(question, "", TRIAL, "滨海公司手册2023.txt", target) == ""


@pytest.mark.parametrize(
    ("sentence", "answer", "right"),
    [
        (TRIAL, "3个月", True),
        (TRIAL, "3", True),
        (TRIAL, "13个月", False),
        (TRIAL, "由部门考核", False),
        (TRIAL, "新员工试用期为3个月,期满由部门考核转正。新员工试用期为3个月。", False),
        ("收入增长12.5%,占比8.3%。", "12.5%和8.3%", False),
        (COURSES, "文化教育、岗位教育和安全教育", True),
        (COURSES, "安全教育、岗位教育", False),
        (MENTOR, "通过导师带徒", True),
        (MENTOR, "熟悉岗位业务", False),
    ],
)
def test_the_sentence_asked_back_must_answer_with_the_target(sentence: str, answer: str, right: bool) -> None:
    shown = "" if right else f"只看原句反过来作答，答成“{answer}”"
    assert fidelity.astray(answer, sentence, only_target(sentence)) == shown


@given(
    st.text(alphabet=LETTERS + "，、0123456789%年月日和由是在通过哪些多少什么", max_size=40),
    st.sampled_from([TRIAL, COURSES, MENTOR]),
)
def test_no_question_that_says_its_answer_is_taken(words: str, sentence: str) -> None:
    target = only_target(sentence)
    for fact in target.facts:
        assert fidelity.leaks(f"{words}，{fact}？", sentence, target)


class Scripted(FakeGenerator):
    """Words every question as `question` says of the blanked sentence, answers it with `answer`."""

    def __init__(self, question: str, answer: str, sure: float = 0.999) -> None:
        super().__init__(sure=sure)
        self.question = question
        self.answer = answer

    def generate(self, messages: Sequence[Message], limit: int, stop: threading.Event) -> Iterator[str]:
        """The question where a blank is to be asked for, else the answer."""
        self.draft = self.question if "【？】" in messages[-1]["content"] else self.answer
        yield from super().generate(messages, limit, stop)


def leave_proposal(folder: Path, generator: Generator, by_model: bool = True) -> Proposal:
    """What is proposed for the longest leave in the handbook."""
    made = Collection(folder, generator).draft(50, by_model)
    return next(a.proposal for a in made if a.proposal and a.proposal.answer == "15天" and a.seed.kind == "factoid")


def test_the_model_words_the_question_and_is_named(tmp_path: Path) -> None:
    proposal = leave_proposal(tmp_path, Scripted("问题：全年事假累计最多几天?\n解释", "15天"))
    assert proposal.question == "据《员工手册》，全年事假累计最多几天？"
    assert proposal.model == "fake"
    assert "题目由 fake 措辞；只看原句反过来作答，答的是“15天”，与答案一致" in proposal.reasons


@pytest.mark.parametrize(
    ("question", "answer", "sure", "why"),
    [
        ("全年事假累计15天是多少天？", "15天", 0.99, "题目里已有答案“15天”：“全年事假累计15天是多少天？”"),
        ("全年事假累计最多几天？", "3个月", 0.99, "只看原句反过来作答，答成“3个月”：“全年事假累计最多几天？”"),
        ("全年事假累计最多几天？", "15天", 0.01, "读原句认为没有答案（对数几率 -4.6）：“全年事假累计最多几天？”"),
    ],
)
def test_a_wording_that_does_not_hold_gives_way_to_the_sentences_words(
    tmp_path: Path, question: str, answer: str, sure: float, why: str
) -> None:
    generator = Scripted(question, answer, sure)
    proposal = leave_proposal(tmp_path, generator)
    words = leave_proposal(tmp_path / "照原句", FakeGenerator(sure=sure), by_model=False)
    assert (proposal.question, proposal.model) == (words.question, "")
    assert f"题目照原句的词句写成：fake 的措辞没有采用，{why}" in proposal.reasons
    assert any("没有把握能回答" in r for r in proposal.reasons) is (sure < 0.5)


def test_a_sentence_whose_form_cannot_be_turned_is_worded_by_the_model_alone(tmp_path: Path) -> None:
    text = {"总结.txt": "在亲自谋划、亲自部署、亲自推动下,新厂区按期投产。"}
    store = filled(tmp_path, text)
    passages = [(p.document, p.passage) for p in store.passages([h.id for h in store.passage_headers()])]
    (seed,) = find_seeds(passages)["list"]
    search = Searcher(store, HashEncoder()).search
    question = "新厂区在哪些行动下按期投产？"
    writer = Writer(search, Scripted(question, "亲自谋划、亲自部署、亲自推动"), lambda: "", words_by_model=True)
    with pytest.raises(DroppedError, match="没有说清列举的是什么"):
        Writer(search, Scripted("哪些下新厂区按期投产？", ""), lambda: "", words_by_model=True).write(seed)
    with pytest.raises(DroppedError, match="句子的形式不好提问"):
        Writer(search, None, lambda: "", words_by_model=True).write(seed)
    assert writer.write(seed).question == question


def test_the_model_does_not_see_the_answer_in_its_sentence_and_its_examples_hold() -> None:
    generator = FakeGenerator("新员工的试用期有几个月?")
    assert wording.word(TRIAL, only_target(TRIAL), generator) == "新员工的试用期有几个月？"
    (messages,) = generator.read
    assert messages[-1]["content"] == f"原句：{TRIAL.replace('3个月', '【？】')}\n挖去的：3个月\n问法：用“多少”或“几”问"
    for sentence, words, shape, question in wording._EXAMPLES:
        target = Target(words, sentence.index(words), (words,), shape)
        assert fidelity.fault(question, "", sentence, "", target) == ""
        assert words not in SAMPLE


class Collection:
    """A store of the handbook with everything that drafting takes."""

    def __init__(self, folder: Path, generator: Generator | None) -> None:
        self.store = filled(folder, HANDBOOK)
        self.queue = Queue(folder / "q.sqlite")
        self.generator = generator

    def draft(self, count: int, by_model: bool = False) -> list[Attempt]:
        ids = [h.id for h in self.store.passage_headers()]
        seeds = find_seeds([(p.document, p.passage) for p in self.store.passages(ids)])
        search = Searcher(self.store, HashEncoder()).search
        asked = [(e.proposal.kind, e.proposal.question) for e in self.queue.entries()]
        writer = Writer(search, self.generator, lambda: "2024-01-01", asked, several=True, words_by_model=by_model)
        return list(draft(seeds, writer, self.queue, count, 0.2, {}, {}))


@pytest.mark.parametrize("generator", [None, FakeGenerator(sure=0.01), FakeGenerator(sure=0.99)])
def test_every_proposal_is_grounded(tmp_path: Path, generator: Generator | None) -> None:
    made = Collection(tmp_path, generator)
    attempts = made.draft(50)
    proposals = [a.proposal for a in attempts if a.proposal]
    assert {p.kind for p in proposals} == {"factoid", "list", "why_how", "false_premise", "unanswerable"}
    assert {q.document for p in proposals for q in p.quotes} == set(HANDBOOK)
    for p in proposals:
        grounded(p, made.store)
        assert p.model == ""
    assert [e.proposal for e in made.queue.entries()] == proposals
    assert all(a.dropped for a in attempts if not a.proposal)


def grounded(proposal: Proposal, store: Store) -> None:
    """Whether the quotes stand in the source, and the facts in the quotes."""
    from index.cleaning import clean

    for quote in proposal.quotes:
        assert clean(store.text(quote.document)[quote.start : quote.end]).text == quote.quote
    own = "。".join(q.quote for q in proposal.quotes)
    assert all(any(holds(own, wording) for wording in fact) for fact in proposal.must)
    assert proposal.answerable is (proposal.kind not in ("false_premise", "unanswerable"))
    assert to_gold(proposal).id == proposal.id
    assert not proposal.must or not all(any(holds(proposal.question, w) for w in f) for f in proposal.must)


def test_a_second_run_goes_on_where_the_first_ended(tmp_path: Path) -> None:
    made = Collection(tmp_path, None)
    first = [a.proposal.question for a in made.draft(3) if a.proposal]
    rest = [a.proposal.question for a in made.draft(50) if a.proposal]
    assert len(first) == 3
    assert set(first) & set(rest) == set()
    assert made.draft(50) == []
    whole = Collection(tmp_path / "另", None)
    assert {a.proposal.question for a in whole.draft(50) if a.proposal} >= set(first)


def test_two_runs_from_the_start_propose_the_same(tmp_path: Path) -> None:
    assert Collection(tmp_path / "a", None).draft(4) == Collection(tmp_path / "b", None).draft(4)


def test_what_has_no_question_is_asked_about_first(tmp_path: Path) -> None:
    made = Collection(tmp_path, None)
    ids = [h.id for h in made.store.passage_headers()]
    seeds = find_seeds([(p.document, p.passage) for p in made.store.passages(ids)])["factoid"]
    counts = Counter({s.place: 5 for s in seeds if s.document == "员工手册.txt"})
    drawn = [s.document for s in draw(seeds, counts, 7)]
    assert drawn[0] == "年报.txt"
    assert sorted(s.key for s in draw(seeds, counts, 7)) == sorted(s.key for s in seeds)


def test_a_damaged_sentence_is_not_asked_about() -> None:
    from index.cleaning import clean
    from index.passages import split

    passages = [
        ("甲.txt", p)
        for p in split(clean("着力构建以先进制造业为支掾的体系,占比达到27.3%。全年收入增长了12.5%,好于上年。"))
    ]
    assert [s.target.words for s in find_seeds(passages)["factoid"] if s.target] == ["12.5%"]


def test_a_similar_sentence_with_another_figure_makes_a_question_ambiguous(tmp_path: Path) -> None:
    files = {f"{y}.txt": f"全年城镇新增就业达到{n}万人,完成年度目标任务。" for y, n in (("甲", 11), ("乙", 12))}
    store = filled(tmp_path, files)
    hits = Searcher(store, HashEncoder()).search("全年城镇新增就业达到多少万人？", 10)
    target = figures(hits[0].text)[0]
    assert isinstance(target, Target)
    question = forms.ask(hits[0].text, target)
    assert checks.ambiguous(question, target, hits[0].text, hits) == "别处有相近的句子，答案不同"
    assert checks.ambiguous(question, target, hits[0].text, hits[:1]) == ""
    assert checks.found("别的句子", hits) == "前 2 段检索结果里没有证据"


def run_command(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, arguments: Sequence[str]) -> int:
    """python -m eval draft with the fake encoder, on the handbook."""
    monkeypatch.setattr("rag.engine.open_encoder", lambda _: HashEncoder("m3e-small"))
    monkeypatch.setattr("rag.engine.checked_store", lambda _, **__: Store.open(tmp_path / "库"))
    import argparse

    parser = argparse.ArgumentParser()
    draft_command.add(parser.add_subparsers())
    options = parser.parse_args(["draft", "--store", str(tmp_path / "库"), "--extractive", *arguments])
    return command.run(lambda: int(options.run(options)))


def test_the_command_says_what_came_of_it_and_how_to_review(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    filled(tmp_path, HANDBOOK, HashEncoder("m3e-small"))
    assert run_command(monkeypatch, tmp_path, ["--count", "3"]) == 0
    shown = capsys.readouterr()
    assert f"审题（收下、修改或丢弃）：python -m eval review --store {tmp_path / '库'}" in shown.out
    assert len(Queue(tmp_path / "库" / "gold.sqlite").entries()) == 3
    assert run_command(monkeypatch, tmp_path, ["--count", "99"]) == 1
    assert "文档里能这样出的题都出过了" in capsys.readouterr().err


def test_the_models_wording_without_a_model_is_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    filled(tmp_path, HANDBOOK, HashEncoder("m3e-small"))
    assert run_command(monkeypatch, tmp_path, ["--writer", "model"]) == command.USAGE
    assert "或改用：--writer words" in capsys.readouterr().err
    assert run_command(monkeypatch, tmp_path, ["--writer", "words", "--count", "1"]) == 0


def test_ctrl_c_keeps_what_is_there(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    filled(tmp_path, HANDBOOK, HashEncoder("m3e-small"))
    write = Writer.write

    def stopping(self: Writer, seed: Seed) -> Proposal:
        if len(self.asked) == 2:
            raise KeyboardInterrupt
        return write(self, seed)

    monkeypatch.setattr(Writer, "write", stopping)
    assert run_command(monkeypatch, tmp_path, []) == command.INTERRUPTED
    assert "出好的 2 题都留着" in capsys.readouterr().err
    assert len(Queue(tmp_path / "库" / "gold.sqlite").entries()) == 2


@pytest.mark.models
def test_the_real_models_draft_grounded_questions(tmp_path: Path) -> None:
    from rag.engine import open_encoder, open_generator
    from rag.settings import load_settings

    settings = load_settings()
    encoder = open_encoder(settings)
    made = Collection.__new__(Collection)
    from samples import write

    from index.intake.ingest import add

    made.store = Store.create(tmp_path / "库", encoder.name, encoder.dim)
    assert all(not v.reason for v in add(made.store, encoder, write(tmp_path / "原件", HANDBOOK)))
    made.queue, made.generator = Queue(tmp_path / "q.sqlite"), open_generator(settings)
    ids = [h.id for h in made.store.passage_headers()]
    seeds = find_seeds([(p.document, p.passage) for p in made.store.passages(ids)])
    search = Searcher(made.store, encoder).search
    writer = Writer(search, made.generator, lambda: "2024-01-01", words_by_model=True)
    proposals = [a.proposal for a in draft(seeds, writer, made.queue, 3, 0.0, {}, {}) if a.proposal]
    assert len(proposals) == 3
    for p in proposals:
        grounded(p, made.store)
        told = "".join(p.reasons)
        by = "题目由" if p.model else "题目照原句的词句写成"
        assert p.kind == "false_premise" or (by in told and "对数几率" in told), p
