"""Files and settings -> what all systems share: the source texts, one language model, one encoder, a scratch folder."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from index.cleaning import CleanText, clean
from index.documents import Document, SourceFile, find, read
from index.errors import JudianError

if TYPE_CHECKING:
    from index.encoder import Encoder
    from rag.generate import Generator
    from rag.settings import Settings


@dataclass(frozen=True, slots=True)
class Chunk:
    """A stretch of a document that a system retrieved: `text` without markers where its place is known.

    `start`, `end` are half-open offsets into the source text, None where the stretch is not found there to the letter.
    """

    document: str
    start: int | None
    end: int | None
    text: str
    score: float


class Sources:
    """The source texts by name: finds where a chunk stands, and shows a stretch as the evaluation reads it."""

    def __init__(self, documents: Sequence[Document]) -> None:
        self.texts = {document.name: document.text for document in documents}
        self._cleaned = lru_cache(maxsize=64)(self._clean)

    def display(self, document: str, start: int, end: int) -> str:
        """That stretch of the source with markers removed; as it stands where nothing else is in it (a line that only
        the site put there); "" for an unknown document."""
        if document not in self.texts:
            return ""
        cleaned = self._cleaned(document)
        shown = cleaned.text[bisect_left(cleaned.offsets, start) : bisect_left(cleaned.offsets, end)]
        return shown or self.texts[document][start:end]

    def chunk(self, document: str, text: str, score: float) -> Chunk:
        """The chunk whose words are `text`; what stands in the source to the letter is shown without its markers, so
        that a marker in mid-sentence hides no evidence in any system's hits."""
        words = text.strip()
        start = self.texts.get(document, "").find(words) if words else -1
        if start < 0:
            return Chunk(document, None, None, words, score)
        end = start + len(words)
        return Chunk(document, start, end, self.display(document, start, end), score)

    def _clean(self, document: str) -> CleanText:
        return clean(self.texts[document])


@dataclass(frozen=True, slots=True)
class Parts:
    """`texts` holds every source text as a UTF-8 file of its own name (and .txt); `model` and `tokenizer` are the
    generator's own, so that one copy of the weights serves all systems; `encoder_folder` is for libraries that can
    only load by path."""

    settings: Settings
    files: tuple[SourceFile, ...]
    sources: Sources
    folder: Path
    texts: Path
    encoder: Encoder
    encoder_folder: Path
    generator: Generator
    model: Any
    tokenizer: Any

    def name_of(self, path: str | Path) -> str:
        """The document's name of a file under `texts`."""
        return Path(path).relative_to(self.texts).as_posix().removesuffix(_ADDED)


_ADDED = ".txt"  # so that every library reads it as plain text, whatever the document was called


def open_parts(paths: Sequence[Path], folder: Path) -> tuple[Parts, list[Document]]:
    """The parts for the documents under `paths`, with `folder` for texts and store; the documents come along.

    Raises JudianError when a path, a model or every document is missing, or a document cannot be read.
    """
    from rag.engine import NO_MODEL, open_encoder, open_generator
    from rag.models import ModelStore
    from rag.settings import load_settings

    files, documents = read_all(paths)
    settings = load_settings(store=folder / "store")
    if settings.language_model == NO_MODEL:
        raise JudianError("并排比较要语言模型，设置里却是 none。请去掉 JUDIAN_LANGUAGE_MODEL=none。")
    encoder_folder = ModelStore(settings.models).locate(settings.encoder)
    encoder, generator = open_encoder(settings), open_generator(settings)
    assert generator is not None
    encoder.encode_queries(["热身"])  # so that whoever comes first does not wait longer
    generator.choose([{"role": "user", "content": "你好"}], ["好"])
    model, tokenizer = _loaded(generator)
    texts = write_texts(documents, folder / "texts")
    shared = Parts(
        settings, files, Sources(documents), folder, texts, encoder, encoder_folder, generator, model, tokenizer
    )
    return shared, documents


def read_all(paths: Sequence[Path]) -> tuple[tuple[SourceFile, ...], list[Document]]:
    """The files under `paths` and their documents. Raises JudianError when there are none, when one cannot be read and
    when two share a name: whose words a system then cites could not be told."""
    files = tuple(find(paths))
    if not files:
        raise JudianError("--documents 里没有文件。请给出文件或文件夹。")
    for name, count in Counter(file.name for file in files).items():
        if count > 1:
            raise JudianError(f"有两份文档都叫 {name}。请改名，或给出它们共同的上级文件夹。")
    return files, [read(file) for file in files]


def _loaded(generator: Generator) -> tuple[Any, Any]:
    """(model, tokenizer) of a generator that runs in this process; the only place that looks inside it."""
    from rag.generators.local import TransformersGenerator

    if not isinstance(generator, TransformersGenerator):
        raise JudianError("对比同类软件要用本机的语言模型：请去掉 server 设置，并选 transformers 能载入的模型")
    return generator.local.model, generator.local.tokenizer


def write_texts(documents: Sequence[Document], folder: Path) -> Path:
    """The source texts as files under `folder`, which is returned; `Parts.name_of` leads back to their names."""
    for document in documents:
        path = folder / f"{document.name}{_ADDED}"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(document.text, encoding="utf-8", newline="")
    return folder
