"""txtai in the form of its RAG notebook.

Form: examples/52_Build_RAG_pipelines_with_txtai (txtai 9.x): the text cut by Textractor, Embeddings(content=True),
RAG(embeddings, llm, output="reference") with that notebook's prompt and system prompt; context 3 is the pipeline's
default. The notebook cuts into paragraphs at blank lines; plain Chinese text has none (the sample would be a single
piece of 13,650 characters, beyond encoder and prompt), so the same pipeline cuts at line ends, lines=True.
`output="reference"` names the one retrieved piece nearest to the answer: its source for the answer as a whole.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from importlib.metadata import version
from typing import Any

from eval.peers.contract import Reply, answer_object
from eval.peers.parts import Chunk, Parts
from eval.questions import GoldQuestion

NEW_TOKENS = 512  # the notebook allows 4,096 with the prompt; a small model that repeats itself would use them up
SYSTEM = "You are a friendly assistant. You answer questions from users."
TEMPLATE = """
Answer the following question using only the context below. Only include information specifically discussed.

question: {question}
context: {context}
"""


class TxtaiPeer:
    """RAG(embeddings, llm): the three best lines in one prompt."""

    name = "txtai"
    title = "txtai"
    cites = True
    reads = 3

    def __init__(self, parts: Parts) -> None:
        from txtai import LLM, RAG

        start = time.perf_counter()
        self._parts = parts
        self._pieces = _pieces(parts)
        llm = LLM((parts.model, parts.tokenizer), gpu=False)
        self._rag: Any = RAG(
            _embeddings(parts, self._pieces), llm, output="reference", system=SYSTEM, template=TEMPLATE
        )
        self._found: list[Any] = []
        self._retrieved = 0.0
        self._watch_queries()
        self.index_s = time.perf_counter() - start
        self.version = version("txtai")
        self.settings: Mapping[str, Any] = {
            "form": '示例 52：Segmentation → Embeddings(content=True) → RAG(output="reference")',
            "chunk": "按行切（示例按空行切段，这些文本没有空行）",
            "top_k": self.reads,
            "prompt": SYSTEM + TEMPLATE,
            "language_model": "LLM((model, tokenizer))，与据典同一份权重，聊天模板由分词器给出",
            "encoder": "Embeddings(path=) 按同一文件夹载入，同一数值格式，平均池化",
            "generation": f"贪心，至多 {NEW_TOKENS} 个新记号",
            "citations": "整个回答一处：与回答最接近的那一行，算在每一句名下",
            "history": "不看",
        }

    def ask(self, question: GoldQuestion) -> Mapping[str, Any]:
        """One call of the pipeline."""
        start = time.perf_counter()
        result = self._rag(question.question, maxlength=4096, max_new_tokens=NEW_TOKENS, do_sample=False)
        total = time.perf_counter() - start
        hits = tuple(self._chunk(key, score) for key, _, score in self._found)
        reference = result.get("reference")
        sources = {} if reference is None else {1: self._chunk(reference, 0.0)}
        reply = Reply(str(result["answer"]), hits, sources, tuple(sources))
        timings = {"retrieve_s": self._retrieved - start, "total_s": total}
        return answer_object(question, reply, self._parts.generator.name, timings)

    def _chunk(self, key: Any, score: float) -> Chunk:  # noqa: ANN401
        document, text = self._pieces[int(key)]
        return self._parts.sources.chunk(document, text, float(score))

    def _watch_queries(self) -> None:
        """Note what the pipeline retrieves; it returns the answer alone."""
        query = self._rag.query

        def noted(queries: Any, texts: Any) -> Any:  # noqa: ANN401
            found = query(queries, texts)
            self._found, self._retrieved = found[0], time.perf_counter()
            return found

        self._rag.query = noted


def _pieces(parts: Parts) -> list[tuple[str, str]]:
    from txtai.pipeline import Segmentation

    cut: Any = Segmentation(lines=True)
    return [(name, piece) for name, text in parts.sources.texts.items() for piece in cut(text)]


def _embeddings(parts: Parts, pieces: list[tuple[str, str]]) -> Any:  # noqa: ANN401
    from txtai import Embeddings

    from index.processor import fast_dtype

    embeddings = Embeddings(path=str(parts.encoder_folder), content=True, gpu=False, vectors={"dtype": fast_dtype()})
    embeddings.index((str(n), text, None) for n, (_, text) in enumerate(pieces))
    return embeddings
