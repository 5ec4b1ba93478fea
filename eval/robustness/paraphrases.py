"""Questions -> the same questions in other words: the gold set's own, or written by the language model and checked."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from eval.files import append_line, make_folder, whole_lines, write_whole
from eval.lines import read_lines
from eval.questions import GoldQuestion
from index.encoder import Encoder
from index.folding import bare
from rag.answer import Message
from rag.generate import Generator

Watch = Callable[[Sequence[GoldQuestion]], Iterable[GoldQuestion]]
"""Questions to rewrite -> the same questions, with progress shown."""

MIN_COSINE = 0.8  # to the original; m3e-small: of 163 paraphrases by hand 87 % reach it, of other questions 1 %
MAX_TOKENS = 120
KEPT = re.compile(  # what a rewritten question must hold as it stands: numbers, sections, quoted words, titles
    r"第[0-9一二三四五六七八九十百]+[篇编章节条讲部]|[0-9]+(?:[.][0-9]+)?[%‰]?|[“「《][^“”「」《》]+[”」》]"
)
_TASK = "把问题换成办公室里的人随口会问的说法。意思完全一样，数字、年份、第几篇和引号里的词原样保留。不要回答，只写改好的问题。"
_EXAMPLES = (
    ("差旅费报销需要提供哪些材料？", "出差回来报账，都得交些什么东西？"),
    ("第二章对加班时间有什么规定？", "加班时间这块，第二章是怎么定的？"),
    ("2021年全年的招聘计划为什么推迟？", "2021年招人的事，怎么就往后拖了？"),
)


def keeps_meaning(question: str, rewritten: str, cosine: float) -> bool:
    """Whether the rewritten question may stand for the original.

    It is a question, not the same letter by letter, holds the same numbers, section names and quoted words, has 0.75
    to 2.5 times its length, and lies at MIN_COSINE or nearer. A dropped 不 it cannot see.
    """
    return (
        rewritten.endswith(("？", "?"))
        and bare(rewritten) != bare(question)
        and sorted(KEPT.findall(rewritten)) == sorted(KEPT.findall(question))
        and 0.75 <= len(rewritten) / len(question) <= 2.5
        and cosine >= MIN_COSINE
    )


def rewrite(question: str, generator: Generator, encoder: Encoder) -> str | None:
    """The question in the language model's words; None when these may not stand for it."""
    written = "".join(generator.generate(_messages(question), MAX_TOKENS, threading.Event())).strip()
    line = re.sub(r"^(?:改写后的)?问题[：:]\s*", "", written.split("\n", 1)[0]).strip()
    if not line:
        return None
    vectors = encoder.encode_queries([question, line])
    return line if keeps_meaning(question, line, float(vectors[0] @ vectors[1])) else None


def _messages(question: str) -> list[Message]:
    """The task, shown on examples: told alone, a small model answers the question instead."""
    turns = [({"role": "user", "content": q}, {"role": "assistant", "content": said}) for q, said in _EXAMPLES]
    shown = [message for turn in turns for message in turn]
    return [{"role": "system", "content": _TASK}, *shown, {"role": "user", "content": question}]


def paraphrases(
    questions: Sequence[GoldQuestion],
    generator: Generator | None,
    encoder: Encoder,
    kept: Path,
    *,
    resume: bool,
    watch: Watch = list,
) -> dict[str, str]:
    """Question id -> its paraphrase; questions without one are left out.

    Those of the gold set when it has any. Else the language model writes them, each kept at once in the file `kept`,
    from which `resume` takes those written before.
    """
    own = {q.id: q.paraphrases[0] for q in questions if q.paraphrases}
    if own or generator is None:
        return own
    make_folder(kept.parent)
    lines = whole_lines(kept) if resume else []
    write_whole(kept, "".join(f"{line}\n" for line in lines))  # without the line that was cut off
    before = {(v["id"], v["question"]): v["paraphrase"] for _, v in read_lines(kept)}
    written = before | _written(
        watch([q for q in questions if (q.id, q.question) not in before]), generator, encoder, kept
    )
    return {q.id: text for q in questions if (text := written[q.id, q.question]) is not None}


def _written(
    questions: Iterable[GoldQuestion], generator: Generator, encoder: Encoder, kept: Path
) -> dict[tuple[str, str], str | None]:
    found: dict[tuple[str, str], str | None] = {}
    for question in questions:
        text = rewrite(question.question, generator, encoder)
        found[question.id, question.question] = text
        append_line(kept, {"id": question.id, "question": question.question, "paraphrase": text})
    return found
