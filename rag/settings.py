"""judian.toml and JUDIAN_* variables -> one frozen Settings object; unknown keys are errors."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from index.errors import JudianError

FILE = Path("judian.toml")
PREFIX = "JUDIAN_"


@dataclass(frozen=True, slots=True)
class Settings:
    """What a user may choose. Paths are relative to the folder the command runs in."""

    store: Path = Path("store")
    models: Path = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "judian" / "models"
    encoder: str = "m3e-small"
    language_model: str = "qwen2.5-coder-1.5b-instruct"  # or "none": answers are extracts
    reranker: str = "builtin"  # or "none": the search's own order stands
    host: str = "127.0.0.1"
    port: int = 7860
    passages: int = 5  # shown to the language model
    max_question: int = 2000  # characters


def load_settings(file: Path = FILE, environment: Mapping[str, str] | None = None, **overrides: object) -> Settings:
    """Defaults, then the file, then the environment, then `overrides` that are not None."""
    environment = os.environ if environment is None else environment
    values: dict[str, object] = {}
    if file.is_file():
        try:
            values.update(tomllib.loads(file.read_text(encoding="utf-8")))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
            raise JudianError(f"配置文件 {file} 写法有误：{error}") from error
    values.update({k[len(PREFIX) :].lower(): v for k, v in environment.items() if k.startswith(PREFIX)})
    values.update({k: v for k, v in overrides.items() if v is not None})
    return _settings(values)


def _settings(values: Mapping[str, object]) -> Settings:
    known: dict[str, type[Path] | type[int] | type[str]] = {f.name: _kind(f.default) for f in fields(Settings)}
    unknown = sorted(set(values) - set(known))
    if unknown:
        raise JudianError(f"不认识的设置：{'、'.join(unknown)}。可用的有：{'、'.join(known)}")
    converted: dict[str, Any] = {name: _convert(name, value, known[name]) for name, value in values.items()}
    return Settings(**converted)


def _kind(default: object) -> type[Path] | type[int] | type[str]:
    if isinstance(default, Path):
        return Path
    return int if isinstance(default, int) else str


def _convert(name: str, value: object, kind: type[Path] | type[int] | type[str]) -> Path | int | str:
    if kind is int:
        return _positive(name, value)
    if not isinstance(value, str | Path) or not str(value).strip():
        raise JudianError(f"设置 {name} 应为文字，收到的是 {value!r}")
    return Path(value).expanduser() if kind is Path else str(value)


def _positive(name: str, value: object) -> int:
    digits = str(value)
    if isinstance(value, bool) or not digits.isdecimal() or not int(digits):
        raise JudianError(f"设置 {name} 应为正整数，收到的是 {value!r}")
    return int(digits)
