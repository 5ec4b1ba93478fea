"""llama.cpp: which folders it runs, what is said when it is not there, and how its file is obtained."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from index.errors import JudianError
from rag.catalogue import read_catalogue
from rag.engine import open_generator
from rag.generate import GeneratorError
from rag.generators.llamacpp import LlamaCppGenerator, find_gguf
from rag.models import ModelDamagedError, ModelStore
from rag.settings import Settings


def folder(path: Path, *names: str) -> Path:
    path.mkdir()
    for name in names:
        (path / name).write_bytes(b"GGUF")
    return path


def test_a_folder_with_one_gguf_file_is_run_by_llamacpp(tmp_path: Path) -> None:
    own = folder(tmp_path / "own", "m.gguf", "manifest.json")
    assert find_gguf(own) == own / "m.gguf"
    assert ModelStore(tmp_path / "cache").locate(str(own)) == own


def test_a_folder_for_transformers_is_not(tmp_path: Path) -> None:
    assert find_gguf(folder(tmp_path / "a", "config.json", "m.gguf")) is None
    assert find_gguf(folder(tmp_path / "b", "config.json")) is None


def test_several_files_leave_the_choice_to_the_user(tmp_path: Path) -> None:
    with pytest.raises(JudianError, match=r"a\.gguf、b\.gguf"):
        find_gguf(folder(tmp_path / "own", "b.gguf", "a.gguf"))


def test_a_folder_with_neither_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelDamagedError, match="也没有 GGUF 文件"):
        ModelStore(tmp_path / "cache").locate(str(folder(tmp_path / "own", "m.bin")))


def test_without_the_package_the_command_that_installs_it_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "xllamacpp", None)
    own = folder(tmp_path / "own", "m.gguf")
    with pytest.raises(GeneratorError, match=r"pip install 'judian\[llamacpp\]'"):
        open_generator(Settings(language_model=str(own), models=tmp_path))


def test_a_file_that_is_none_is_told(tmp_path: Path) -> None:
    pytest.importorskip("xllamacpp")
    with pytest.raises(GeneratorError, match=r"无法载入.*JUDIAN_LANGUAGE_MODEL=none|无法载入"):
        LlamaCppGenerator(folder(tmp_path / "own", "m.gguf") / "m.gguf", "m")


def test_the_catalogue_offers_the_files_as_they_are() -> None:
    catalogue = read_catalogue()
    for name in ("qwen2.5-coder-1.5b-instruct", "qwen2.5-coder-0.5b-instruct"):
        plain, kept = catalogue[name], catalogue[f"{name}-gguf"]
        assert (kept.files, kept.wheels) == (plain.files, plain.wheels)
        assert (plain.converts, kept.converts, kept.default) == (True, False, False)
        assert kept.ready_bytes == kept.files[0].bytes
