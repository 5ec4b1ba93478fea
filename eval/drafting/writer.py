"""A seed -> a proposal, or why there is none: form, checks, judgement. The one composition of drafting."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from eval.drafting import checks, fidelity, forms, wording
from eval.drafting.properties import stated
from eval.drafting.proposals import Proposal, Quote, proposal_id
from eval.drafting.seeds import Seed
from eval.drafting.spans import Target
from eval.measures.folding import holds
from index.hits import Hit
from rag.evidence import Evidence, choose, reading_order
from rag.generate import Generator
from rag.prompt import JUDGE_OPTIONS, judge_messages

DEPTH = 10  # hits among which the evidence must be
READ = 5  # passages that are read to see that nothing answers, as many as the product reads by default
SURE = 0.0  # log odds below which the model finds no answer; what it finds is told, not obeyed: a set of questions
# that the product's own judge refuses already would say nothing about its refusals, nor one of those it accepts
DOUBT = 1.4  # log odds that the sentence answers; below it the person is warned: 30 questions with their own sentence
# had 1.5 to 2.6, 15 with another sentence 0.0 to 1.4. It sees no fault of wording (docs/experiments.md)

_YEAR = re.compile(r"^(?:19|20)\d{2}年(?=\d)")

Search = Callable[[str, int], list[Hit]]


class DroppedError(Exception):
    """No proposal comes of a seed; the text says why, in Chinese."""


@dataclass(slots=True)
class Writer:
    """Writes proposals. `generator` is None where no language model is to be used; `asked` are (kind, question) that exist.

    With `several` documents a question names the one that it is put to: what one report says, another says otherwise.
    `words_by_model`: the generator words a question, the sentence's own words are used where its wording does not hold.
    """

    search: Search
    generator: Generator | None
    now: Callable[[], str]
    asked: list[tuple[str, str]] = field(default_factory=list)
    several: bool = False
    words_by_model: bool = False

    def write(self, seed: Seed) -> Proposal:
        """A proposal that passed every check. Raises DroppedError."""
        write = {"false_premise": self._premise, "unanswerable": self._unanswerable}.get(seed.kind, self._asked)
        proposal = write(seed)
        self.asked.append((proposal.kind, proposal.question))
        return proposal

    def _asked(self, seed: Seed) -> Proposal:
        target = seed.target
        assert target
        _need(checks.grounded(target.facts, seed.sentence.text))
        template = forms.ask(seed.sentence.text, target)
        note = f"问的是原句里的“{target.words}”"
        if not (self.words_by_model and self.generator):
            _need(not template and "句子的形式不好提问")
            return self._settled(seed, target, template, "", (note,))
        try:
            question, told = self._worded(seed, target, template, self.generator)
            return self._settled(seed, target, question, self.generator.name, (note, told))
        except DroppedError as error:
            _need(not template and str(error))
            told = f"题目照原句的词句写成：{self.generator.name} 的措辞没有采用，{error}"
        return self._settled(seed, target, template, "", (note, told))

    def _worded(self, seed: Seed, target: Target, template: str, generator: Generator) -> tuple[str, str]:
        """The language model's question and what vouches for it. Raises DroppedError."""
        sentence, place = seed.sentence.text, f"{seed.section}\n{seed.document}"
        question = wording.word(sentence, target, generator)
        fault = fidelity.fault(question, template, sentence, place, target)
        _need(fault and f"{fault}：“{question}”")
        answer = wording.answer(question, sentence, generator)
        fault = fidelity.astray(answer, sentence, target)
        _need(fault and f"{fault}：“{question}”")
        return question, f"题目由 {generator.name} 措辞；只看原句反过来作答，答的是“{answer}”，与答案一致"

    def _settled(self, seed: Seed, target: Target, plain: str, by: str, notes: tuple[str, ...]) -> Proposal:
        """The proposal with a question that the search and the other sentences allow. Raises DroppedError."""
        self._check(seed.kind, plain, target.facts)
        question = self._placed(plain, seed)
        hits = self.search(question, DEPTH)
        _need(checks.found(seed.sentence.text, hits))
        _need(checks.ambiguous(plain, target, seed.sentence.text, [h for h in hits if h.document == seed.document]))
        odds = self._odds(question, seed)
        _need(by and odds is not None and odds < SURE and f"读原句认为没有答案（对数几率 {odds:.1f}）：“{plain}”")
        reasons = (*notes, f"检索前 {DEPTH} 段里有原句", *self._reading(odds))
        return self._proposal(seed, question, target.words, target.facts, reasons, by=by)

    def _placed(self, question: str, seed: Seed) -> str:
        stem = re.sub(r"\.[A-Za-z0-9]{1,8}$", "", seed.document.rsplit("/", 1)[-1])
        return forms.within(question, stem) if self.several and stem not in question else question

    def _odds(self, question: str, seed: Seed) -> float | None:
        """Log odds that the sentence answers, as the language model reads it; None without one."""
        if self.generator is None:
            return None
        hit = Hit(seed.document, seed.section, None, 0, 0, 1.0, seed.passage, ())
        return judgement(question, [Evidence(hit, seed.sentence, 1.0)], self.generator)

    def _reading(self, odds: float | None) -> list[str]:
        """What the language model makes of it; a question in the sentence's words is not dropped for that, only flagged."""
        if self.generator is None or odds is None:
            return []
        if odds < DOUBT:
            return [f"{self.generator.name} 读原句，没有把握能回答（对数几率 {odds:.1f}，一般在 1.5 以上）：请细看"]
        return [f"{self.generator.name} 读原句，认为能回答（对数几率 {odds:.1f}）"]

    def _premise(self, seed: Seed) -> Proposal:
        target = seed.target
        assert target
        other = seed.others[int(seed.key, 16) % len(seed.others)]
        question = self._placed(forms.assume(seed.sentence.text, target, other), seed)
        self._check(seed.kind, question, target.facts)
        hits = self.search(question, DEPTH)
        _need(checks.found(seed.sentence.text, hits))
        asked = checks.pairs(question)
        true = any(
            holds(s.sentence.text, other) and len(asked & checks.pairs(s.sentence.text)) >= checks.RIVAL * len(asked)
            for h in hits
            for s in h.sentences
        )
        _need(true and "换上的说法在别处可能成立")
        reasons = (f"原句的“{target.words}”换成了“{other}”（取自别处），前提不成立", "应拒答或指出前提有误")
        return self._proposal(seed, question, f"不是{other}，原文说的是{target.words}。", target.facts, reasons)

    def _unanswerable(self, seed: Seed) -> Proposal:
        asked = seed.missing
        assert asked
        self._check(seed.kind, asked.question, ())
        hits = self.search(asked.question, DEPTH)
        _need(stated(asked, (h.text for h in hits)) and "相近的段落里可能有答案")
        evidence = choose(hits[:READ])
        reasons = [f"整个文档库里，说到“{asked.name}”的句子都没有写到这一点"]
        if self.generator is not None:
            odds = judgement(asked.question, evidence, self.generator)
            read = f"{self.generator.name} 读过最接近的 {READ} 段，"
            verdict = "判为没有答案" if odds < SURE else "却觉得有答案，请细看"
            reasons.append(f"{read}{verdict}（对数几率 {odds:.1f}）")
        near = tuple(_quote(e.hit, e.sentence.start, e.sentence.end, e.sentence.text) for e in evidence[:2])
        return self._proposal(seed, asked.question, "", (), (*reasons, "请再核对一遍：文档里真的没有？"), near)

    def _check(self, kind: str, question: str, facts: Sequence[str]) -> None:
        _need(checks.form(question))
        _need(checks.gives_away(question, facts))
        premise = kind == "false_premise"  # repeats the words of the true one on purpose
        _need(checks.repeats(question, [q for k, q in self.asked if (k == "false_premise") is premise]))

    def _proposal(
        self,
        seed: Seed,
        question: str,
        answer: str,
        facts: Iterable[str],
        reasons: Sequence[str],
        near: tuple[Quote, ...] = (),
        by: str = "",
    ) -> Proposal:
        return Proposal(
            id=proposal_id("draft", seed.key, question),
            kind=seed.kind,
            question=question,
            history=(),
            answer=answer,
            must=tuple(_wordings(f, question) for f in facts),
            answerable=seed.kind not in ("false_premise", "unanswerable"),
            quotes=near or (seed.quote(),),
            origin="draft",
            reasons=tuple(reasons),
            model=by,
            created=self.now(),
        )


def _quote(hit: Hit, start: int, end: int, text: str) -> Quote:
    return Quote(hit.document, hit.section, start, end, text)


def _need(fault: str | bool) -> None:
    if fault:
        raise DroppedError(str(fault))


def _wordings(fact: str, question: str) -> tuple[str, ...]:
    """A fact and the shorter form of it that is as right: a date without its year, where the question has none either."""
    short = _YEAR.sub("", fact)
    return (fact, short) if short and short != fact and "年" not in question else (fact,)


def judgement(question: str, evidence: Sequence[Evidence], generator: Generator) -> float:
    """The log odds that the language model gives to the evidence holding an answer."""
    yes, no = generator.choose(judge_messages(question, reading_order(evidence)), JUDGE_OPTIONS)
    return math.log(max(yes, 1e-6) / max(no, 1e-6))
