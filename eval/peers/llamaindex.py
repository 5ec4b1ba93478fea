"""LlamaIndex in the form of its starter tutorial, and its CitationQueryEngine in the form of its example.

Form: “Starter Tutorial (Using Local LLMs)” (docs framework/getting_started/starter_example_local, 0.14):
SimpleDirectoryReader -> VectorStoreIndex.from_documents -> as_query_engine(), everything else at its default; and
“CitationQueryEngine” (docs examples/query_engine/citation_query_engine): similarity_top_k=3, citation_chunk_size=512.
The tutorial's agent around the query engine is left out: its tools are no part of answering from documents.
"""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from importlib.metadata import version
from typing import Any

from eval.peers.contract import Reply, answer_object
from eval.peers.parts import Chunk, Parts
from eval.questions import GoldQuestion

NEW_TOKENS = 256  # the library's own default
CONTEXT = 8000  # as the tutorial sets it; with the library's 3,900 three chunks need a second, refining call
DATA = "data"  # the tutorial's folder: what stands before a document's name in every prompt
SOURCE_HEAD = re.compile(r"\ASource [0-9]+:\n")


class LlamaIndexPeer:
    """index.as_query_engine(): the two best chunks of 1,024 tokens, response mode compact, default prompts."""

    name = "llamaindex"
    title = "LlamaIndex"
    cites = False
    reads = 2

    def __init__(self, parts: Parts) -> None:
        start = time.perf_counter()
        self._parts = parts
        self._engine: Any = self._open(_index(parts), _language_model(parts))
        self.index_s = time.perf_counter() - start
        self.version = version("llama-index-core")
        self.settings: Mapping[str, Any] = {
            "form": "入门教程（本地模型）：SimpleDirectoryReader → VectorStoreIndex → as_query_engine()",
            "chunk": "SentenceSplitter 默认：1024 记号（tiktoken），重叠 200",
            "top_k": 2,
            "response_mode": "compact，默认提示词（聊天式）",
            "language_model": "HuggingFaceLLM(model=, tokenizer=, is_chat_model=True)，与据典同一份权重，聊天模板由分词器给出",
            "encoder": "HuggingFaceEmbedding 按同一文件夹载入，同一数值格式",
            "generation": f"贪心，至多 {NEW_TOKENS} 个新记号（库的默认），上下文 {CONTEXT}（教程所设）",
            "history": "不看",
        }

    def ask(self, question: GoldQuestion) -> Mapping[str, Any]:
        """What query() does, in its two steps, so that retrieval can be timed."""
        from llama_index.core import QueryBundle

        start = time.perf_counter()
        bundle = QueryBundle(question.question)
        nodes = self._engine.retrieve(bundle)
        retrieved = time.perf_counter() - start
        response = self._engine.synthesize(bundle, nodes)
        total = time.perf_counter() - start
        reply = self._reply(str(response), nodes, response.source_nodes)
        timings = {"retrieve_s": retrieved, "total_s": total}
        return answer_object(question, reply, self._parts.generator.name, timings)

    def _open(self, index: Any, llm: Any) -> Any:  # noqa: ANN401
        return index.as_query_engine(llm=llm)

    def _reply(self, text: str, nodes: Any, sources: Any) -> Reply:  # noqa: ANN401
        return Reply(text, tuple(map(self._chunk, nodes)), {})

    def _chunk(self, scored: Any) -> Chunk:  # noqa: ANN401
        node = scored.node
        words = SOURCE_HEAD.sub("", node.get_content())
        name = node.metadata["file_path"].removeprefix(f"{DATA}/")
        return self._parts.sources.chunk(name, words, scored.score or 0.0)


class LlamaIndexCitationPeer(LlamaIndexPeer):
    """CitationQueryEngine: the three best chunks cut into numbered sources of 512 tokens; the model writes [n]."""

    name = "llamaindex-citation"
    title = "LlamaIndex（CitationQueryEngine）"
    cites = True
    reads = 3

    def __init__(self, parts: Parts) -> None:
        super().__init__(parts)
        self.settings = {
            **self.settings,
            "form": "示例：CitationQueryEngine.from_args(index, similarity_top_k=3, citation_chunk_size=512)",
            "top_k": 3,
            "response_mode": "compact，CitationQueryEngine 的提示词",
            "citations": "模型写的 [n]；引文是第 n 个来源块的全文",
        }

    def _open(self, index: Any, llm: Any) -> Any:  # noqa: ANN401
        from llama_index.core.query_engine import CitationQueryEngine

        return CitationQueryEngine.from_args(index, llm=llm, similarity_top_k=3, citation_chunk_size=512)

    def _reply(self, text: str, nodes: Any, sources: Any) -> Reply:  # noqa: ANN401
        numbered = {n: self._chunk(node) for n, node in enumerate(sources, 1)}
        return Reply(text, tuple(map(self._chunk, nodes)), numbered)


def _index(parts: Parts) -> Any:  # noqa: ANN401
    from llama_index.core import SimpleDirectoryReader, VectorStoreIndex
    from llama_index.embeddings.huggingface import HuggingFaceEmbedding

    from index.processor import fast_dtype

    embed_model = HuggingFaceEmbedding(
        model_name=str(parts.encoder_folder),
        device="cpu",
        model_kwargs={"dtype": fast_dtype()},
        local_files_only=True,
    )

    def metadata(path: str) -> dict[str, str]:
        """The document's own place; that of the scratch file would be another in every run."""
        return {"file_path": f"{DATA}/{parts.name_of(path)}"}

    documents = SimpleDirectoryReader(str(parts.texts), recursive=True, file_metadata=metadata).load_data()
    return VectorStoreIndex.from_documents(documents, embed_model=embed_model)


def _language_model(parts: Parts) -> Any:  # noqa: ANN401
    from llama_index.llms.huggingface import HuggingFaceLLM

    return HuggingFaceLLM(
        model=parts.model,
        tokenizer=parts.tokenizer,
        model_name=parts.generator.name,
        is_chat_model=True,
        context_window=CONTEXT,
        max_new_tokens=NEW_TOKENS,
        generate_kwargs={"do_sample": False},
    )
