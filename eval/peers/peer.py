"""What the harness asks: the Peer protocol, and the systems there are by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any, Protocol

from eval.peers.parts import Parts
from eval.questions import GoldQuestion
from index.errors import JudianError

OURS = "judian"


class Peer(Protocol):
    """A question-answering system over one set of documents, ready to be asked.

    `version` is that of its package; `settings` says all that may change an answer, the source of its form included.
    `cites`: whether it gives sources for what it says. `reads`: how many of its hits the language model is shown.
    `index_s`: seconds from the texts to a system that can be asked; some libraries load the encoder again in it.
    """

    name: str
    title: str
    version: str
    settings: Mapping[str, Any]
    cites: bool
    reads: int
    index_s: float

    def ask(self, question: GoldQuestion) -> Mapping[str, Any]:
        """The answer as an object of the contract (see `eval.records`)."""
        ...


@dataclass(frozen=True, slots=True)
class Kind:
    """How a system is opened and the packages that takes beyond our own."""

    open: Callable[[Parts], Peer]
    packages: tuple[str, ...] = ()


def _judian(parts: Parts) -> Peer:
    from eval.peers.judian import JudianPeer

    return JudianPeer(parts)


def _llamaindex(parts: Parts) -> Peer:
    from eval.peers.llamaindex import LlamaIndexPeer

    return LlamaIndexPeer(parts)


def _llamaindex_citation(parts: Parts) -> Peer:
    from eval.peers.llamaindex import LlamaIndexCitationPeer

    return LlamaIndexCitationPeer(parts)


def _langchain(parts: Parts) -> Peer:
    from eval.peers.langchain import LangChainPeer

    return LangChainPeer(parts)


def _txtai(parts: Parts) -> Peer:
    from eval.peers.txtai import TxtaiPeer

    return TxtaiPeer(parts)


_LLAMAINDEX = ("llama_index.core", "llama_index.llms.huggingface", "llama_index.embeddings.huggingface")
PEERS: Mapping[str, Kind] = {
    OURS: Kind(_judian),
    "llamaindex": Kind(_llamaindex, _LLAMAINDEX),
    "llamaindex-citation": Kind(_llamaindex_citation, _LLAMAINDEX),
    "langchain": Kind(_langchain, ("langchain", "langchain_huggingface", "langchain_text_splitters")),
    "txtai": Kind(_txtai, ("txtai",)),
}


def choose_kinds(names: Sequence[str], kinds: Mapping[str, Kind] = PEERS) -> dict[str, Kind]:
    """The systems of these names, in that order. Raises JudianError for an unknown or uninstalled one."""
    for name in names:
        if name not in kinds:
            raise JudianError(f"没有名为「{name}」的系统。可选：{'、'.join(kinds)}。")
        missing = [package for package in kinds[name].packages if not _installed(package)]
        if missing:
            raise JudianError(
                f"{name} 需要的包没有装：{'、'.join(missing)}。请安装：pip install 'judian[peers]'；"
                "或用 --systems 只选装好的系统。"
            )
    return {name: kinds[name] for name in names}


def _installed(package: str) -> bool:
    try:
        return find_spec(package) is not None
    except ModuleNotFoundError:  # its parent package is missing
        return False
