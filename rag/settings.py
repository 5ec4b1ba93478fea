"""judian.toml and JUDIAN_* variables -> one frozen Settings object; unknown keys are errors."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from index.errors import JudianError

FILE = Path("judian.toml")
PREFIX = "JUDIAN_"
KEYS = ("JUDIAN_API_KEY", "OPENAI_API_KEY")  # of a server: environment variables alone, never a setting
NO_SERVER = "none"
_HOST = r"(?:\[[0-9A-Fa-f:.]+\](?::\d+)?|[^\s/?#@\[\]]+)"
_ADDRESS = re.compile(rf"https?://(?P<secret>[^/]*@)?{_HOST}(?:/[^\s?#]*)?(?P<query>\?.*)?")


@dataclass(frozen=True, slots=True)
class Settings:
    """What a user may choose. Paths are relative to the folder the command runs in."""

    store: Path = Path("store")
    models: Path = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "judian" / "models"
    encoder: str = "m3e-small"
    language_model: str = "qwen2.5-coder-1.5b-instruct"  # or "none": answers are extracts
    server: str = NO_SERVER  # or the address of one that speaks OpenAI's protocol, which runs `language_model`
    server_connect: int = 5  # seconds until it must have answered the call
    server_silence: int = 120  # seconds without a word after which it is given up; loading a model takes a while
    reranker: str = "builtin"  # or "none": the search's own order stands
    reader: str = "builtin"  # chooses the sentences of an answer; or "none": the language model writes a draft
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
    named = {k: v for k, v in environment.items() if k.startswith(PREFIX) and k not in KEYS}
    values.update({k[len(PREFIX) :].lower(): v for k, v in named.items()})
    values.update({k: v for k, v in overrides.items() if v is not None})
    return _settings(values)


def find_key(environment: Mapping[str, str] | None = None) -> str:
    """The key for a server, "" when the environment has none. To be kept out of settings, logs and messages."""
    environment = os.environ if environment is None else environment
    return next((key for name in KEYS if (key := environment.get(name, "").strip())), "")


def _settings(values: Mapping[str, object]) -> Settings:
    if "api_key" in values:
        raise JudianError("密钥不写进配置文件。请删去 api_key，改用环境变量 JUDIAN_API_KEY（或 OPENAI_API_KEY）")
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
    if name == "server":
        return _address(str(value))
    return Path(value).expanduser() if kind is Path else str(value)


def _address(value: str) -> str:
    """The address of a server without a slash at its end, or NO_SERVER."""
    if value == NO_SERVER:
        return value
    address = _ADDRESS.fullmatch(value)
    if address and (address["secret"] or address["query"]):
        raise JudianError("设置 server 的地址里不能写用户名、密码或密钥。密钥请放进环境变量 JUDIAN_API_KEY")
    if not address:
        raise JudianError(
            "设置 server 应为 OpenAI 兼容服务的地址，如 http://127.0.0.1:11434/v1（Ollama）或 "
            "http://127.0.0.1:8000/v1（vLLM），模型的名字写在 language_model；不用服务则写 none。收到的是 "
            + repr(re.sub(r"//[^/]*@", "//***@", value))
        )
    return value.rstrip("/")


def _positive(name: str, value: object) -> int:
    digits = str(value)
    if isinstance(value, bool) or not digits.isdecimal() or not int(digits):
        raise JudianError(f"设置 {name} 应为正整数，收到的是 {value!r}")
    return int(digits)
