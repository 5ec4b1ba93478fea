"""catalogue.toml -> the models this product knows: role, licence, source, and the SHA-256 of every file."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args

Role = Literal["encoder", "reranker", "language-model", "any"]  # any: not in the catalogue
Origin = Literal["pypi", "huggingface", "local"]

CATALOGUE_FILE = Path(__file__).with_name("catalogue.toml")


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of one file: the bytes of `member` inside the wheel that satisfies requirement `wheel`."""

    wheel: str
    member: str
    start: int
    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class ModelFile:
    """One file of a model folder: its parts in order, without gaps, and the SHA-256 of the whole."""

    name: str
    bytes: int
    sha256: str
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Model:
    """One catalogue entry. `ready_bytes` is the size of the finished folder; 0 when nobody knows it.

    `files` and `wheels` (requirement -> bytes to download) are empty unless `source` is "pypi";
    `repository` is empty unless it is "huggingface". `converts` means: the one file is a GGUF to be
    turned into safetensors.
    """

    name: str
    role: Role
    summary: str
    licence: str
    licence_note: str
    source: Origin
    default: bool
    converts: bool
    repository: str
    ready_bytes: int
    files: tuple[ModelFile, ...]
    wheels: Mapping[str, int]


def read_catalogue(path: Path = CATALOGUE_FILE) -> dict[str, Model]:
    """Read all entries, by name, in file order. Raises ValueError on an entry that contradicts itself."""
    with path.open("rb") as file:
        entries = {entry["name"]: entry for entry in tomllib.load(file)["model"]}
    models = [_model(_with_files(entry, entries)) for entry in entries.values()]
    return {model.name: model for model in models}


def default_name(catalogue: Mapping[str, Model], role: Role) -> str:
    """Name the model of `role` that is taken when the user names none. Raises KeyError if none is marked."""
    for model in catalogue.values():
        if model.default and model.role == role:
            return model.name
    raise KeyError(role)


def _with_files(entry: Mapping[str, Any], entries: Mapping[str, Mapping[str, Any]]) -> Mapping[str, Any]:
    """The entry, with the files of the one that it names under `files_of`."""
    if "files_of" not in entry:
        return entry
    other = entries[entry["files_of"]]
    return {**entry, "wheels": other["wheels"], "files": other["files"]}


def _model(entry: Mapping[str, Any]) -> Model:
    if entry["role"] not in get_args(Role) or entry["source"] not in get_args(Origin):
        raise ValueError(f"{entry['name']}: unknown role or source")
    return Model(
        name=_plain(entry["name"]),
        role=entry["role"],
        summary=entry["summary"],
        licence=entry["licence"],
        licence_note=entry["licence_note"],
        source=entry["source"],
        default=entry["default"],
        converts=entry.get("convert") == "gguf",
        repository=entry.get("repository", ""),
        ready_bytes=entry["ready_bytes"],
        files=tuple(_file(file) for file in entry.get("files", ())),
        wheels=dict(entry.get("wheels", {})),
    )


def _file(entry: Mapping[str, Any]) -> ModelFile:
    start, parts = 0, []
    for part in entry["parts"]:
        parts.append(Part(start=start, **part))
        start += part["bytes"]
    if start != entry["bytes"]:
        raise ValueError(f"{entry['name']}: parts hold {start} bytes, the file {entry['bytes']}")
    return ModelFile(_plain(entry["name"]), entry["bytes"], entry["sha256"], tuple(parts))


def _plain(name: str) -> str:
    """Refuse a name that could leave its folder; file names never come from a download."""
    if Path(name).name != name or name.startswith("."):
        raise ValueError(f"not a plain file name: {name!r}")
    return name
