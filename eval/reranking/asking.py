"""Sentences and the words in them to ask for -> questions that the language model words, many at a time, checked."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eval.drafting import checks
from eval.drafting.spans import Target

BATCH = 24  # sentences read together: written one by one, each would wait for all the weights
MAX_TOKENS = 36  # of a question
COPIED = 0.75  # share of a question's pairs of letters in its sentence; above it the model has only copied

_TASK = "根据原句写一个普通人会问的问题，答案正好是指定的词语。用自己的话，写明人物、机构、时间或事件，不出现答案。只写问题。"
_EXAMPLES = (
    ("截至2021年末，青山水库蓄水量为3.2亿立方米，比上年末多蓄4100万立方米。", "3.2亿立方米", "2021年底青山水库一共蓄了多少水？"),
    ("为方便老人就餐，各街道食堂推出送餐上门、分时用餐、口味定制等服务。", "送餐上门、分时用餐、口味定制", "街道食堂为了照顾老年人吃饭提供哪些服务？"),
    ("由于隧道内出现渗水，三号线南段的通车时间推迟到次年春季。", "隧道内出现渗水", "三号线南段为什么没能按时通车？"),
    ("8月16日，英特尔发布了XeSS 1.2.0版本，支持动态分辨率缩放。", "8月16日", "英特尔的XeSS 1.2.0是什么时候推出的？"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Wanted:
    """A question to be worded: the answer is `target` of `sentence`."""

    sentence: str
    target: Target


class Asker:
    """The language model of a folder, reading BATCH prompts behind one common front at once; greedy."""

    def __init__(self, folder: Path) -> None:
        from transformers import AutoModelForCausalLM, AutoTokenizer

        from index.processor import fast_dtype

        self._tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True)
        self._model = AutoModelForCausalLM.from_pretrained(folder, dtype=fast_dtype(), local_files_only=True)
        self._model.train(False)

    def ask(self, wanted: Sequence[Wanted]) -> Iterator[tuple[Wanted, str]]:
        """Each wanted question as worded, those of similar length together; what does not hold is left out."""
        ordered = sorted(wanted, key=lambda w: (len(w.sentence), w.sentence))
        for start in range(0, len(ordered), BATCH):
            batch = ordered[start : start + BATCH]
            for one, line in zip(batch, self._write([_last(w.sentence, w.target.words) for w in batch]), strict=True):
                question = _tidy(line)
                if not fault(question, one):
                    yield one, question

    def _write(self, texts: Sequence[str]) -> list[str]:
        import torch

        front = self._tokenizer.encode(_front(), add_special_tokens=False)
        rows = [self._tokenizer.encode(text, add_special_tokens=False) for text in texts]
        width = max(map(len, rows))
        pad = self._tokenizer.pad_token_id
        ids = torch.tensor([[pad] * (width - len(row)) + row for row in rows])
        real = torch.tensor([[0] * (width - len(row)) + [1] * len(row) for row in rows])
        with torch.inference_mode():
            return self._greedy(front, ids, real)

    def _greedy(self, front: Sequence[int], ids: Any, real: Any) -> list[str]:  # noqa: ANN401  tensors
        import torch
        from transformers import DynamicCache

        cache = DynamicCache(config=self._model.config)
        self._model(input_ids=torch.tensor([front]), past_key_values=cache, logits_to_keep=1)
        cache.batch_repeat_interleave(len(ids))
        seen = torch.cat([torch.ones(len(ids), len(front), dtype=torch.long), real], 1)
        places = (seen.cumsum(1) - 1)[:, -ids.shape[1] :].clamp(min=0)
        newline = set(self._tokenizer.encode("\n", add_special_tokens=False)) | {self._tokenizer.eos_token_id}
        written: list[list[int]] = [[] for _ in ids]
        done = [False] * len(ids)
        for _ in range(MAX_TOKENS):
            output = self._model(
                input_ids=ids, attention_mask=seen, position_ids=places, past_key_values=cache, logits_to_keep=1
            )
            following = output.logits[:, -1].argmax(-1)
            for row, token in enumerate(following.tolist()):
                done[row] = done[row] or token in newline or (bool(written[row]) and "？" in self._text(written[row]))
                if not done[row]:
                    written[row].append(token)
            if all(done):
                break
            ids = following[:, None]
            seen = torch.cat([seen, torch.ones(len(ids), 1, dtype=torch.long)], 1)
            places = places[:, -1:] + 1
        return [self._text(tokens) for tokens in written]

    def _text(self, tokens: Sequence[int]) -> str:
        return str(self._tokenizer.decode(list(tokens), skip_special_tokens=True))


def fault(question: str, wanted: Wanted) -> str:
    """Why a question is not used, in Chinese, or ""."""
    said = checks.form(question) or checks.gives_away(question, wanted.target.facts)
    asked = checks.pairs(question)
    shared = len(asked & checks.pairs(wanted.sentence))
    if said or not asked:
        return said or "没有文字"
    if shared > COPIED * len(asked):
        return "照抄原句"
    return "" if shared >= 0.25 * len(asked) else "与原句无关"


def _front() -> str:
    return _TASK + "\n\n" + "\n\n".join(_last(s, a) + q for s, a, q in _EXAMPLES) + "\n\n"


def _last(sentence: str, answer: str) -> str:
    return f"原句：{sentence}\n答案：{answer}\n问题："


def _tidy(line: str) -> str:
    first = line.split("\n", 1)[0].strip().replace("?", "？")
    return re.sub(r"^(?:问题|答案)[：:]\s*", "", first)
