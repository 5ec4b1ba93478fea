"""Imports go one way: index, then rag, then the screen and the evaluation."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FILES = sorted(
    [*ROOT.glob("index/**/*.py"), *ROOT.glob("rag/**/*.py"), *ROOT.glob("eval/**/*.py"), *ROOT.glob("ui*.py")]
)
TOPS = {"index", "rag", "eval", "ui"}
HEAVY = {"torch", "transformers", "sentence_transformers", "gradio", "gguf", "accelerate"}


def place(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def modules(tree: ast.AST) -> set[str]:
    """Full names of all that is imported anywhere in the module, and of what is taken from it."""
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "relative imports hide their layer"
            found |= {str(node.module), *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


IMPORTS = {place(p): modules(ast.parse(p.read_text(encoding="utf-8"))) for p in FILES}


def importers(module: str) -> set[str]:
    return {file for file, names in IMPORTS.items() if any(n == module or n.startswith(f"{module}.") for n in names)}


def test_index_knows_no_later_layer() -> None:
    assert {f for f in importers("rag") | importers("eval") | importers("ui") if f.startswith("index/")} <= {
        "index/__main__.py"
    }
    assert "index/__main__.py" not in importers("eval") | importers("ui")


def test_rag_knows_neither_screen_nor_evaluation() -> None:
    later = importers("eval") | importers("ui") | importers("gradio")
    assert {f for f in later if f.startswith("rag/")} == set()


def test_only_the_edges_call_the_answerer() -> None:
    inside = {f for f in importers("rag.answerer") if f.startswith(("index/", "rag/"))}
    allowed = {
        "rag/engine.py",
        "rag/__main__.py",
        "rag/screen/page.py",
        "rag/screen/session.py",
    }  # what ui.py is made of
    assert inside <= allowed


def test_only_the_window_knows_gradio() -> None:
    assert all(f.startswith("ui") for f in importers("gradio"))


def test_only_documents_opens_source_files() -> None:
    callers = {f for f in importers("index.readers") if not f.startswith("index/readers/")}
    assert callers <= {"index/documents.py", "index/intake/archives.py", "index/intake/kinds.py"}


@pytest.mark.parametrize("file", ["index/__main__.py", "rag/__main__.py", "eval/__main__.py", "rag/models_command.py"])
def test_a_command_imports_nothing_heavy_before_it_is_needed(file: str) -> None:
    seen, queue = set[str](), [file]
    while queue:
        current = queue.pop()
        if current in seen:
            continue
        seen.add(current)
        tree = ast.parse((ROOT / current).read_text(encoding="utf-8"))
        top = ast.Module([n for n in tree.body if isinstance(n, ast.Import | ast.ImportFrom)], [])
        names = modules(top)
        assert not {n.split(".")[0] for n in names} & HEAVY, current
        queue += [f for n in names if (f := n.replace(".", "/") + ".py") in IMPORTS]


def test_every_import_is_a_dependency_or_the_standard_library() -> None:
    declared = {
        "PIL", "charset_normalizer", "cn2an", "docx", "faiss", "gradio", "lxml", "numpy", "openai", "opencc", "openpyxl", "pptx", "pypdfium2", "rapidocr",
        "rensa", "sentence_transformers", "striprtf", "torch", "tqdm", "trafilatura", "transformers", "uvicorn", "watchfiles", "xlrd", "xllamacpp",
    }  # fmt: skip
    names = {n.split(".")[0] for found in IMPORTS.values() for n in found}
    brought = {
        "huggingface_hub",
        "starlette",
        "httpx",
        "safetensors",
        "sklearn",
        "tokenizers",
    }  # by transformers and gradio
    peers = {
        "haystack", "jieba", "langchain", "langchain_classic", "langchain_community", "langchain_core", "langchain_huggingface",
        "langchain_text_splitters", "llama_index", "txtai",
    }  # fmt: skip
    assert names - TOPS - set(sys.stdlib_module_names) <= declared | brought | peers
    assert {f for name in peers for f in importers(name) if not f.startswith("eval/peers/")} == set()
