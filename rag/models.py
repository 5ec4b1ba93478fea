"""A model's name -> a folder that transformers or llama.cpp can load, fetched and verified once, kept outside the
repository.

The folder of a finished model holds its files and manifest.json, and appears in one rename: what is there is
whole. A GGUF is turned into safetensors and then not kept (1.1 GB for a copy that is not read again), its SHA-256
stays in the manifest; but an entry for llama.cpp (…-gguf) is the GGUF as it came.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path

from index.errors import JudianError
from rag.catalogue import Model, read_catalogue
from rag.convert import convert_apart
from rag.disk import Disk, free_bytes
from rag.fetch import Progress, Quiet
from rag.manifest import Manifest, find_faults, record_files, write_manifest
from rag.sources import HUB_ID, Obtained, UnknownModelError, obtain


class ModelMissingError(JudianError):
    """The model has not been fetched."""


class ModelDamagedError(JudianError):
    """The model's folder differs from its manifest."""


class State(StrEnum):
    """Whether a model can be loaded now."""

    READY = "已就绪"
    MISSING = "未下载"
    DAMAGED = "已损坏"


@dataclass(frozen=True, slots=True)
class Status:
    """One model of the catalogue, its state and the folder where it is or would be."""

    model: Model
    state: State
    folder: Path


def default_cache() -> Path:
    """The folder for models: JUDIAN_MODELS, else judian/models under XDG_CACHE_HOME, else under ~/.cache."""
    if named := os.environ.get("JUDIAN_MODELS"):
        return Path(named).expanduser().absolute()
    base = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    return Path(base).expanduser().absolute() / "judian" / "models"


class ModelStore:
    """The models of one cache folder. A name is a catalogue name, a folder's path, or a hub id `org/name`."""

    def __init__(
        self,
        folder: Path,
        catalogue: Mapping[str, Model] | None = None,
        free: Callable[[Path], int] = free_bytes,
    ) -> None:
        self.folder = folder.absolute()
        self.catalogue = read_catalogue() if catalogue is None else catalogue
        self._free = free

    def list(self, *, deep: bool = False) -> tuple[Status, ...]:
        """The catalogue in its order, then other fetched models; `deep` hashes each file, else sizes are compared."""
        models = [*self.catalogue.values(), *self._others()]
        return tuple(Status(model, self._state(model, deep), self._place(model)) for model in models)

    def locate(self, name: str) -> Path:
        """The loadable folder of `name`, its sizes checked. Raises Unknown-, ModelMissing- or ModelDamagedError."""
        self.verify(name, deep=False)
        found = self._resolve(name)
        return found if isinstance(found, Path) else self._place(found)

    def verify(self, name: str, *, deep: bool) -> None:
        """Check sizes, or every byte if `deep`. Raises like `locate`; a folder of the user's own has no hashes."""
        found = self._resolve(name)
        if isinstance(found, Path):
            _check_own_folder(found)
            return
        if not self._place(found).is_dir():
            raise ModelMissingError(f"模型 {name} 还没有下载。请运行：python -m rag models fetch {name}")
        faults = list(find_faults(self._place(found), deep=deep))
        if faults:
            raise ModelDamagedError(
                f"模型 {name} 已损坏（{self._place(found)}）：{'；'.join(faults)}。"
                f"请重新下载：python -m rag models fetch {name}"
            )

    def fetch(
        self, name: str, progress: Progress | None = None, source: str | None = None, *, deep: bool = False
    ) -> Path:
        """Bring `name` into the cache, unless it is there, and return its folder.

        `source` is a folder (a model, or wheels) or a hub id to take it from instead of the catalogue's place.
        With `deep` a model that is there is hashed first. Raises FetchError; what was obtained stays, and the
        same call goes on from there. Two at a time, in one process or many, wait for each other.
        """
        progress = progress or Quiet()
        model = self._resolve(name)
        if isinstance(model, Path):
            _check_own_folder(model)
            return model
        progress.say(f"{model.name}：许可 {model.licence}，{model.licence_note}")
        disk = Disk(self.folder, model.name, self._free)
        with disk.errors(), self._locked(model, progress):
            if source is not None or self._state(model, deep) is not State.READY:
                self._bring(model, source, disk, progress)
        return self._place(model)

    def _resolve(self, name: str) -> Model | Path:
        for model in self.catalogue.values():
            if name and name in (model.name, model.repository):
                return model
        path = Path(name).expanduser()
        if name and path.is_dir():
            return path.absolute()
        if HUB_ID.fullmatch(name):
            return _hub_model(name)
        raise UnknownModelError(
            f"没有名为 {name} 的模型，也没有这个文件夹。可用的名字：{'、'.join(self.catalogue)}；"
            "也可以写本地文件夹路径或 Hugging Face 的 组织/名字"
        )

    def _others(self) -> Iterator[Model]:
        """Fetched hub models that are in no catalogue: their folders are named org--name."""
        for folder in sorted(self.folder.glob("[!.]*--*")):
            name = folder.name.replace("--", "/", 1)
            if HUB_ID.fullmatch(name):
                yield _hub_model(name)

    def _place(self, model: Model) -> Path:
        return self.folder / model.name.replace("/", "--")

    def _state(self, model: Model, deep: bool) -> State:
        if not self._place(model).is_dir():
            return State.MISSING
        return State.DAMAGED if any(find_faults(self._place(model), deep=deep)) else State.READY

    @contextmanager
    def _locked(self, model: Model, progress: Progress) -> Iterator[None]:
        """Hold the model's lock file; the kernel lets go of it however this process ends."""
        locks = self.folder / ".locks"
        locks.mkdir(parents=True, exist_ok=True)
        with (locks / f"{self._place(model).name}.lock").open("w") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                progress.say(f"另一个进程正在下载 {model.name}，等它完成……")
                fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def _staging(self, model: Model) -> Path:
        return self.folder / ".staging" / self._place(model).name

    def _bring(self, model: Model, source: str | None, disk: Disk, progress: Progress) -> None:
        """Fill a folder in staging, on the cache's own disk, and rename it into place."""
        staging = self._staging(model)
        staging.mkdir(parents=True, exist_ok=True)
        for leftover in (*staging.glob("ready-*"), *staging.glob("old-*")):
            shutil.rmtree(leftover, ignore_errors=True)
        got = obtain(model, source, staging, disk, progress)
        ready = _converted(got, model, staging, disk, progress) if got.converts else got.folder
        about = (model.name, model.role, model.licence, model.licence_note, got.origin, got.sha256)
        write_manifest(ready, Manifest(*about, date.today().isoformat(), record_files(ready)))
        _swap(ready, self._place(model), staging)


def _hub_model(repository: str) -> Model:
    """An entry for a hub id that is in no catalogue."""
    return Model(
        name=repository,
        role="any",
        summary="目录外的模型",
        licence="见模型卡",
        licence_note="使用前请看 README.md 里的许可",
        source="huggingface",
        default=False,
        converts=False,
        repository=repository,
        ready_bytes=0,
        files=(),
        wheels={},
    )


def _check_own_folder(folder: Path) -> None:
    if not (folder / "config.json").is_file() and not any(folder.glob("*.gguf")):
        raise ModelDamagedError(f"{folder} 里没有 config.json，也没有 GGUF 文件，不是可加载的模型文件夹。请核对路径")


def _converted(got: Obtained, model: Model, staging: Path, disk: Disk, progress: Progress) -> Path:
    disk.require(model.ready_bytes)
    progress.say("正在转换为 safetensors（只做一次，约 1 分钟）……")
    ready = Path(tempfile.mkdtemp(prefix="ready-", dir=staging))
    ready.chmod(0o755)
    convert_apart(got.folder / model.files[0].name, ready, staging / "convert.log", progress)
    return ready


def _swap(ready: Path, place: Path, staging: Path) -> None:
    """Put `ready` in `place`; a folder cannot be renamed over a full one, so an old one is moved away first."""
    if place.exists():
        old = Path(tempfile.mkdtemp(prefix="old-", dir=staging))
        os.replace(place, old / "model")
    os.replace(ready, place)
    shutil.rmtree(staging, ignore_errors=True)
