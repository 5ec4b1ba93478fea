"""Settings: defaults, judian.toml, environment, command line, each over the one before; mistakes are named."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import pytest

from index.errors import JudianError
from rag.settings import Settings, load_settings


def toml(folder: Path, text: str) -> Path:
    file = folder / "judian.toml"
    file.write_text(text, encoding="utf-8")
    return file


def test_without_a_file_the_defaults_hold(tmp_path: Path) -> None:
    assert load_settings(tmp_path / "judian.toml", {}) == Settings()


def test_later_sources_win(tmp_path: Path) -> None:
    file = toml(tmp_path, 'store = "甲"\nencoder = "bge"\nport = 1\npassages = 3\n')
    environment = {"JUDIAN_STORE": "乙", "JUDIAN_PORT": "2", "PATH": "/bin", "judian_port": "9"}
    settings = load_settings(file, environment, store=Path("丙"), encoder=None)
    assert settings == Settings(store=Path("丙"), encoder="bge", port=2, passages=3)


def test_a_home_folder_is_filled_in(tmp_path: Path) -> None:
    settings = load_settings(tmp_path / "none", {"JUDIAN_STORE": "~/库"})
    assert settings.store == Path.home() / "库"


@pytest.mark.parametrize("source", ["file", "environment", "override"])
def test_an_unknown_key_is_an_error_that_names_those_there_are(tmp_path: Path, source: str) -> None:
    file = toml(tmp_path, "prot = 1\n") if source == "file" else tmp_path / "none"
    environment = {"JUDIAN_PROT": "1"} if source == "environment" else {}
    overrides = {"prot": 1} if source == "override" else {}
    known = "、".join(f.name for f in fields(Settings))
    with pytest.raises(JudianError) as error:
        load_settings(file, environment, **overrides)
    assert str(error.value) == f"不认识的设置：prot。可用的有：{known}"


@pytest.mark.parametrize("value", ['"七"', "true", "1.5", "[1]", '""'])
def test_a_number_that_is_none_is_an_error(tmp_path: Path, value: str) -> None:
    with pytest.raises(JudianError, match="设置 port 应为正整数，收到的是"):
        load_settings(toml(tmp_path, f"port = {value}\n"), {})


@pytest.mark.parametrize("text", ["store = ", "= 1", "[store", "port = 1\nport = 2\n"])
def test_a_file_that_is_no_toml_is_named(tmp_path: Path, text: str) -> None:
    file = toml(tmp_path, text)
    with pytest.raises(JudianError, match=r"配置文件 .*写法有误"):
        load_settings(file, {})


def test_a_file_in_another_encoding_is_named(tmp_path: Path) -> None:
    file = tmp_path / "judian.toml"
    file.write_bytes('store = "库"'.encode("gb18030"))
    with pytest.raises(JudianError, match=r"配置文件 .*写法有误"):
        load_settings(file, {})


@pytest.mark.parametrize("line", ['encoder = ["a"]', "store = 5", "port = -4", "passages = 0", "max_question = true"])
def test_a_value_that_makes_no_sense_is_an_error(tmp_path: Path, line: str) -> None:
    with pytest.raises(JudianError):
        load_settings(toml(tmp_path, line), {})
