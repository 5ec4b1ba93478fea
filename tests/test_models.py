"""Models: catalogue -> verified folders. Real pip, local wheels; real weights only where marked."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import unquote
from zipfile import ZipFile

import pytest

from index.errors import JudianError
from rag.catalogue import default_name, read_catalogue
from rag.convert import convert_apart
from rag.disk import Disk, SpaceError
from rag.fetch import FetchError, Quiet, missing_parts
from rag.manifest import read_manifest
from rag.models import ModelDamagedError, ModelMissingError, ModelStore, State, default_cache
from rag.models_command import TerminalProgress
from rag.sources import UnknownModelError, select_files

ROOT = Path(__file__).parents[1]
CONFIG = b'{"model_type": "tiny"}'
PARTS = [bytes([n]) * 5000 + b"end" for n in range(3)]
WEIGHTS = b"".join(PARTS)
FETCH = "python -m rag models fetch tiny"
ENTRY = """
[[model]]
name = "tiny"
role = "encoder"
summary = "测试"
licence = "测试许可"
licence_note = "仅供测试"
source = "pypi"
default = true
ready_bytes = 15031
"""


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def file_entry(name: str, parts: list[tuple[str, str, bytes]]) -> str:
    whole = b"".join(data for _, _, data in parts)
    lines = [
        f'{{ wheel = "{wheel}", member = "{member}", bytes = {len(data)}, sha256 = "{sha256(data)}" }}'
        for wheel, member, data in parts
    ]
    head = f'[[model.files]]\nname = "{name}"\nbytes = {len(whole)}\nsha256 = "{sha256(whole)}"\n'
    return head + f"parts = [{', '.join(lines)}]\n"


def write_wheel(folder: Path, number: int, members: dict[str, bytes]) -> Path:
    folder.mkdir(exist_ok=True)
    path = folder / f"tiny_part{number}-1.0-py3-none-any.whl"
    about = f"tiny_part{number}-1.0.dist-info"
    with ZipFile(path, "w") as archive:
        for name, data in members.items():
            archive.writestr(name, data)
        archive.writestr(f"{about}/METADATA", f"Metadata-Version: 2.1\nName: tiny-part{number}\nVersion: 1.0\n")
        archive.writestr(f"{about}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        archive.writestr(f"{about}/RECORD", "")
    return path


def write_good_wheel(folder: Path, number: int) -> Path:
    members = {f"tiny_part{number}/data/part.bin": PARTS[number - 1]}
    if number == 1:
        members["tiny_part1/config.json"] = CONFIG
    return write_wheel(folder, number, members)


@pytest.fixture
def catalogue_file(tmp_path: Path) -> Path:
    wheels = "".join(f'"tiny-part{n}==1.0" = 6000\n' for n in (1, 2, 3))
    weights = [(f"tiny-part{n}==1.0", f"tiny_part{n}/data/part.bin", PARTS[n - 1]) for n in (1, 2, 3)]
    config = [("tiny-part1==1.0", "tiny_part1/config.json", CONFIG)]
    path = tmp_path / "catalogue.toml"
    files = file_entry("config.json", config) + file_entry("weights.bin", weights)
    path.write_text(f"{ENTRY}[model.wheels]\n{wheels}{files}", encoding="utf-8")
    return path


@pytest.fixture
def wheels(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of wheels that pip is told to use, and nothing else."""
    folder = tmp_path / "wheels"
    for number in (1, 2, 3):
        write_good_wheel(folder, number)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    return folder


@pytest.fixture
def store(tmp_path: Path, catalogue_file: Path) -> ModelStore:
    return ModelStore(tmp_path / "cache", read_catalogue(catalogue_file))


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.name != "manifest.json"}


def staged(cache: Path) -> Path:
    return cache / ".staging" / "tiny" / "files"


# --- the catalogue


def test_catalogue_names_the_defaults_and_the_published_hashes() -> None:
    catalogue = read_catalogue()
    assert default_name(catalogue, "encoder") == "m3e-small"
    assert default_name(catalogue, "language-model") == "qwen2.5-coder-1.5b-instruct"
    hashes = {file.name: file.sha256 for model in catalogue.values() for file in model.files}
    assert hashes["pytorch_model.bin"].startswith("78fbbe22d9bc31a59a95dfd1b1ceb4f9")
    assert hashes["qwen2.5-coder-1.5b-instruct-q4_k_m.gguf"].startswith("cc324af070c2ecbfd324a30884d2f951")
    assert hashes["qwen2.5-coder-0.5b-instruct-q4_k_m.gguf"].startswith("1d9614638d18024d0fbb36575a15f130")
    assert "不得商用" in catalogue["m3e-small"].licence_note


def test_every_part_of_the_catalogue_has_a_pinned_wheel_and_hub_models_a_repository() -> None:
    for model in read_catalogue().values():
        used = {part.wheel for file in model.files for part in file.parts}
        assert used == set(model.wheels)
        assert all("==" in wheel for wheel in used)
        assert (model.source == "pypi") == bool(model.files) == (not model.repository)


def test_a_file_name_that_leaves_its_folder_is_refused(catalogue_file: Path) -> None:
    text = catalogue_file.read_text(encoding="utf-8").replace('"weights.bin"', '"../weights.bin"')
    catalogue_file.write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match="not a plain file name"):
        read_catalogue(catalogue_file)


def test_the_cache_folder_follows_the_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("JUDIAN_MODELS", raising=False)
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    assert default_cache() == tmp_path / ".cache" / "judian" / "models"
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    assert default_cache() == tmp_path / "xdg" / "judian" / "models"
    monkeypatch.setenv("JUDIAN_MODELS", "~/here")
    assert default_cache() == tmp_path / "here"


# --- fetching from wheels


def test_a_fetched_model_is_whole_and_leaves_nothing_beside_it(store: ModelStore, wheels: Path) -> None:
    assert [status.state for status in store.list()] == [State.MISSING]
    folder = store.fetch("tiny")
    assert contents(folder) == {"config.json": CONFIG, "weights.bin": WEIGHTS}
    assert folder == store.locate("tiny")
    store.verify("tiny", deep=True)
    assert [status.state for status in store.list(deep=True)] == [State.READY]
    manifest = read_manifest(folder)
    assert (manifest.licence, manifest.source_files["weights.bin"]) == ("测试许可", sha256(WEIGHTS))
    assert not list((store.folder / ".staging").iterdir())


def test_a_model_that_is_there_is_not_fetched_again(store: ModelStore, wheels: Path) -> None:
    store.fetch("tiny")
    for wheel in wheels.iterdir():
        wheel.unlink()
    assert contents(store.fetch("tiny", deep=True)) == {"config.json": CONFIG, "weights.bin": WEIGHTS}


def test_a_wrong_hash_leaves_nothing_that_loads(store: ModelStore, wheels: Path) -> None:
    write_wheel(wheels, 2, {"tiny_part2/data/part.bin": b"x" * len(PARTS[1])})
    with pytest.raises(FetchError, match="SHA-256 不符"):
        store.fetch("tiny")
    with pytest.raises(ModelMissingError, match=FETCH):
        store.locate("tiny")
    write_good_wheel(wheels, 2)
    assert contents(store.fetch("tiny"))["weights.bin"] == WEIGHTS


@pytest.mark.parametrize("data", [b"", b"short", PARTS[1] + b"more"])
def test_a_member_of_another_size_is_refused(store: ModelStore, wheels: Path, data: bytes) -> None:
    write_wheel(wheels, 2, {"tiny_part2/data/part.bin": data})
    with pytest.raises(FetchError):
        store.fetch("tiny")
    assert [status.state for status in store.list()] == [State.MISSING]


def test_members_that_nobody_named_are_ignored(store: ModelStore, wheels: Path, tmp_path: Path) -> None:
    evil = {"../../../../evil": b"1", "/evil": b"2", "tiny_part2/__init__.py": b"raise SystemExit"}
    write_wheel(wheels, 2, {"tiny_part2/data/part.bin": PARTS[1], **evil})
    assert contents(store.fetch("tiny")) == {"config.json": CONFIG, "weights.bin": WEIGHTS}
    assert not list(tmp_path.rglob("evil*"))
    assert not Path("/evil").exists()


def test_without_an_index_the_message_says_how_to_go_on(store: ModelStore, wheels: Path) -> None:
    (wheels / "tiny_part3-1.0-py3-none-any.whl").unlink()
    with pytest.raises(FetchError) as caught:
        store.fetch("tiny")
    for words in ("tiny-part3==1.0", "连不上", FETCH, "--from", "镜像"):
        assert words in str(caught.value)
    with pytest.raises(ModelMissingError):
        store.locate("tiny")


def test_what_an_interrupted_fetch_brought_is_not_brought_again(store: ModelStore, wheels: Path) -> None:
    missing = wheels / "tiny_part3-1.0-py3-none-any.whl"
    missing.unlink()
    with pytest.raises(FetchError):
        store.fetch("tiny")
    wanted = {part.wheel for _, part in missing_parts(store.catalogue["tiny"], staged(store.folder))}
    for wheel in wheels.iterdir():
        if wheel.name.replace("_", "-").rsplit("-1.0")[0] + "==1.0" not in wanted:
            wheel.unlink()
    write_good_wheel(wheels, 3)
    assert contents(store.fetch("tiny"))["weights.bin"] == WEIGHTS


def test_a_stretch_damaged_while_staged_is_fetched_again(store: ModelStore, wheels: Path) -> None:
    staged(store.folder).mkdir(parents=True)
    (staged(store.folder) / "weights.bin").write_bytes(WEIGHTS[:-20] + b"?" * 50)
    assert contents(store.fetch("tiny"))["weights.bin"] == WEIGHTS


# --- damage


def test_a_truncated_file_is_found_at_load_and_mended(store: ModelStore, wheels: Path) -> None:
    folder = store.fetch("tiny")
    os.truncate(folder / "weights.bin", 77)
    with pytest.raises(ModelDamagedError, match=FETCH) as caught:
        store.locate("tiny")
    assert f"weights.bin 应有 {len(WEIGHTS)} 字节，现有 77 字节" in str(caught.value)
    assert [status.state for status in store.list()] == [State.DAMAGED]
    assert contents(store.fetch("tiny"))["weights.bin"] == WEIGHTS
    store.verify("tiny", deep=True)


def test_a_changed_byte_is_found_by_the_deep_check_and_mended(store: ModelStore, wheels: Path) -> None:
    folder = store.fetch("tiny")
    (folder / "weights.bin").write_bytes(WEIGHTS[:-1] + b"?")
    store.verify("tiny", deep=False)
    with pytest.raises(ModelDamagedError, match="SHA-256 不符"):
        store.verify("tiny", deep=True)
    assert contents(store.fetch("tiny", deep=True))["weights.bin"] == WEIGHTS


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"files": {"a": {}}}', None])
def test_a_folder_without_a_whole_manifest_is_damaged(store: ModelStore, wheels: Path, text: str | None) -> None:
    manifest = store.fetch("tiny") / "manifest.json"
    manifest.unlink() if text is None else manifest.write_text(text)
    with pytest.raises(ModelDamagedError, match=r"manifest\.json"):
        store.locate("tiny")


# --- the disk


def test_too_little_space_is_said_before_anything_is_downloaded(store: ModelStore, wheels: Path) -> None:
    full = ModelStore(store.folder, store.catalogue, free=lambda _: 10)
    with pytest.raises(SpaceError) as caught:
        full.fetch("tiny")
    for words in ("GB", str(store.folder), "JUDIAN_MODELS=", "接着下载"):
        assert words in str(caught.value)
    assert not list(staged(store.folder).iterdir())
    assert contents(store.fetch("tiny"))["weights.bin"] == WEIGHTS


def test_a_disk_that_fills_up_while_pip_runs_is_named_as_the_cause(store: ModelStore, wheels: Path) -> None:
    (wheels / "tiny_part3-1.0-py3-none-any.whl").unlink()
    left = iter([10**9])
    filling = ModelStore(store.folder, store.catalogue, free=lambda _: next(left, 0))
    with pytest.raises(SpaceError, match="磁盘空间不够"):
        filling.fetch("tiny")


def test_a_write_to_a_full_disk_becomes_a_chinese_message(tmp_path: Path) -> None:
    with pytest.raises(SpaceError, match="磁盘空间不够"), Disk(tmp_path, "tiny").errors():
        Path("/dev/full").write_bytes(b"x")


def test_a_cache_that_cannot_be_written_is_named(store: ModelStore, wheels: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(FetchError, match="写不进模型缓存"):
        ModelStore(tmp_path / "file" / "cache", store.catalogue).fetch("tiny")


# --- killed and concurrent fetches, over HTTP


class Index:
    """A package index on a local port that holds back one wheel until `gate` is set."""

    def __init__(self, folder: Path, held_back: str) -> None:
        self.asked: list[str] = []
        self.gate = threading.Event()
        index = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                name = unquote(self.path.rstrip("/").rsplit("/", 1)[-1])
                if name.endswith(".whl"):
                    index.asked.append(name)
                    if name.startswith(held_back):
                        index.gate.wait(60)
                    self.answer((folder / name).read_bytes(), "application/octet-stream")
                    return
                links = [p.name for p in folder.iterdir() if p.name.startswith(name.replace("-", "_") + "-")]
                page = "".join(f'<a href="/files/{link}">{link}</a>' for link in links)
                self.answer(f"<!DOCTYPE html><html><body>{page}</body></html>".encode(), "text/html")

            def answer(self, body: bytes, kind: str) -> None:
                self.send_response(200)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_address[1]}/simple"


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Index]:
    for number in (1, 2, 3):
        write_good_wheel(tmp_path / "served", number)
    index = Index(tmp_path / "served", "tiny_part3")
    for name in ("PIP_FIND_LINKS", "PIP_NO_INDEX", "PIP_EXTRA_INDEX_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_INDEX_URL", index.url)
    yield index
    index.gate.set()
    index.server.shutdown()
    index.server.server_close()


CHILD = """
import sys
from pathlib import Path
from rag.catalogue import read_catalogue
from rag.models import ModelStore
from rag.models_command import TerminalProgress
ModelStore(Path(sys.argv[1]), read_catalogue(Path(sys.argv[2]))).fetch("tiny", TerminalProgress())
"""


def start_fetch(cache: Path, catalogue_file: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-c", CHILD, str(cache), str(catalogue_file)]
    with (cache.parent / "stderr.log").open("ab") as log:
        return subprocess.Popen(command, cwd=ROOT, stderr=log)


def wait_until(true: Callable[[], bool]) -> None:
    end = time.monotonic() + 60
    while not true():
        assert time.monotonic() < end, "waited too long"
        time.sleep(0.02)


def test_a_fetch_killed_half_way_goes_on_from_there(store: ModelStore, catalogue_file: Path, index: Index) -> None:
    child = start_fetch(store.folder, catalogue_file)
    model = store.catalogue["tiny"]
    wait_until(lambda: len(missing_parts(model, staged(store.folder))) == 1 and len(index.asked) == 3)
    child.send_signal(signal.SIGKILL)
    child.wait()
    with pytest.raises(ModelMissingError):
        store.locate("tiny")
    index.gate.set()
    assert contents(store.fetch("tiny")) == {"config.json": CONFIG, "weights.bin": WEIGHTS}
    assert sorted(index.asked) == [f"tiny_part{n}-1.0-py3-none-any.whl" for n in (1, 2, 3, 3)]


def test_the_second_of_two_fetches_waits_for_the_first_and_says_so(
    store: ModelStore, catalogue_file: Path, index: Index
) -> None:
    first = start_fetch(store.folder, catalogue_file)
    wait_until(lambda: len(index.asked) == 3)
    second = start_fetch(store.folder, catalogue_file)
    said = store.folder.parent / "stderr.log"
    wait_until(lambda: "另一个进程正在下载 tiny" in said.read_text(encoding="utf-8"))
    index.gate.set()
    assert (first.wait(), second.wait()) == (0, 0)
    assert contents(store.locate("tiny")) == {"config.json": CONFIG, "weights.bin": WEIGHTS}
    assert len(index.asked) == 3


# --- names and other sources


def test_an_unknown_name_lists_the_known_ones(store: ModelStore) -> None:
    for name in ("nosuch", "", "./nosuch"):
        with pytest.raises(UnknownModelError, match="tiny"):
            store.locate(name)


def test_a_folder_of_the_users_own_is_used_in_place(store: ModelStore, tmp_path: Path) -> None:
    own = tmp_path / "own"
    own.mkdir()
    with pytest.raises(JudianError, match=r"没有 config\.json"):
        store.locate(str(own))
    (own / "config.json").write_bytes(CONFIG)
    assert store.locate(str(own)) == store.fetch(str(own)) == own


def test_a_hub_id_that_is_not_fetched_names_its_command(store: ModelStore) -> None:
    with pytest.raises(ModelMissingError, match="python -m rag models fetch org/name"):
        store.locate("org/name")


@pytest.mark.parametrize("kind", ["wheels", "files", "model"])
def test_a_model_can_come_from_a_folder(store: ModelStore, wheels: Path, kind: str) -> None:
    given = wheels.rename(wheels.with_name("given"))
    if kind != "wheels":
        (given / "config.json").write_bytes(CONFIG)
    name = {"files": "weights.bin", "model": "model.safetensors"}.get(kind)
    if name:
        (given / name).write_bytes(WEIGHTS)
        for wheel in given.glob("*.whl"):
            wheel.unlink()
    folder = store.fetch("tiny", source=str(given))
    assert contents(folder) == {"config.json": CONFIG, (name or "weights.bin"): WEIGHTS}
    store.verify("tiny", deep=True)


def test_only_what_transformers_loads_is_taken_from_a_repository() -> None:
    texts = ["1_Pooling/config.json", "LICENSE", "README.md", "config.json", "tokenizer.json"]
    others = [".gitattributes", "onnx/config.json", "onnx/model.onnx", "script.py", "tf_model.h5", "imgs/a.png"]
    pickled = ["pytorch_model.bin", "training_args.bin"]
    assert select_files([*texts, *others, *pickled]) == sorted([*texts, "pytorch_model.bin"])
    shards = ["model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors"]
    assert select_files([*texts, *others, *pickled, *shards]) == sorted([*texts, *shards])


def test_a_hub_out_of_reach_is_said_in_chinese_without_a_traceback(tmp_path: Path) -> None:
    environment = {**os.environ, "HF_ENDPOINT": "http://127.0.0.1:9", "JUDIAN_MODELS": str(tmp_path)}
    done = run_command(["fetch", "org/name"], environment)
    assert done.returncode == 1
    assert "连不上 Hugging Face" in done.stderr
    assert "HF_ENDPOINT=" in done.stderr
    assert "Traceback" not in done.stderr


class Hub:
    """A Hugging Face hub on a local port with one repository, org/name; it sends `sent` and vouches for WEIGHTS."""

    def __init__(self, sent: bytes) -> None:
        files = {"config.json": CONFIG, "model.safetensors": WEIGHTS, "pytorch_model.bin": b"pickle"}
        large = {"lfs": {"sha256": sha256(WEIGHTS), "oid": sha256(WEIGHTS), "size": len(WEIGHTS), "pointerSize": 9}}
        about = [
            {"type": "file", "path": name, "rfilename": name, "size": len(data), "oid": name, "blobId": name}
            | (large if name == "model.safetensors" else {})
            for name, data in files.items()
        ]

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                path = self.path.split("?")[0]
                if "/resolve/" in path:
                    name = path.rsplit("/", 1)[-1]
                    self.answer(sent if name == "model.safetensors" else files[name], sha256(files[name]))
                elif "/tree/" in path:
                    self.answer(json.dumps(about).encode(), "tree")
                else:
                    model = {"id": "org/name", "sha": "a" * 40, "siblings": about}
                    self.answer(json.dumps(model).encode(), "model")

            do_HEAD = do_GET  # noqa: N815

            def answer(self, body: bytes, tag: str) -> None:
                self.send_response(200)
                self.send_header("ETag", f'"{tag}"')
                self.send_header("X-Repo-Commit", "a" * 40)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                if self.command == "GET":
                    self.wfile.write(body)

            def log_message(self, format: str, *args: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def __enter__(self) -> str:
        return f"http://127.0.0.1:{self.server.server_address[1]}"

    def __exit__(self, *_: object) -> None:
        self.server.shutdown()
        self.server.server_close()


@pytest.mark.parametrize("honest", [True, False])
def test_a_repository_is_fetched_and_what_the_hub_does_not_vouch_for_is_refused(tmp_path: Path, honest: bool) -> None:
    with Hub(WEIGHTS if honest else b"?" * len(WEIGHTS)) as endpoint:
        environment = {**os.environ, "HF_ENDPOINT": endpoint, "HF_HUB_OFFLINE": "0", "JUDIAN_MODELS": str(tmp_path)}
        done = run_command(["fetch", "org/name"], environment)
    assert done.returncode == (0 if honest else 1), done.stderr
    store = ModelStore(tmp_path)
    if honest:
        assert contents(store.locate("org/name")) == {"config.json": CONFIG, "model.safetensors": WEIGHTS}
        assert read_manifest(store.locate("org/name")).source == f"huggingface:org/name@{'a' * 40}"
    else:
        assert "model.safetensors 下载残缺" in done.stderr
        with pytest.raises(ModelMissingError):
            store.locate("org/name")


COMMAND = """
import argparse, sys
from rag.models_command import register
parser = argparse.ArgumentParser(prog="python -m rag")
register(parser.add_subparsers(required=True))
args = parser.parse_args(["models", *sys.argv[1:]])
sys.exit(args.run(args))
"""


def run_command(words: list[str], environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", COMMAND, *words]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, encoding="utf-8", check=False)


def test_the_list_shows_state_and_licence_of_every_model(tmp_path: Path) -> None:
    done = run_command(["list"], {**os.environ, "JUDIAN_MODELS": str(tmp_path)})
    assert done.returncode == 0
    for name, model in read_catalogue().items():
        assert f"[未下载] {name}" in done.stdout
        assert f"{model.licence}，{model.licence_note}" in done.stdout


def test_a_source_for_two_models_at_once_is_refused(tmp_path: Path) -> None:
    done = run_command(["fetch", "--from", "org/name"], {**os.environ, "JUDIAN_MODELS": str(tmp_path)})
    assert (done.returncode, list(tmp_path.iterdir())) == (2, [])
    assert "NAME" in done.stderr


def test_the_bar_ends_at_its_total(capsys: pytest.CaptureFixture[str]) -> None:
    progress = TerminalProgress()
    progress.start("tiny", 2000, 500)
    progress.reach(2000)
    progress.finish()
    assert "tiny: 100%" in capsys.readouterr().err


def test_a_gguf_that_cannot_be_read_is_refused_with_its_log(tmp_path: Path) -> None:
    gguf = tmp_path / "broken.gguf"
    gguf.write_bytes(b"GGUF broken")
    with pytest.raises(FetchError, match="转换为 safetensors 失败"):
        convert_apart(gguf, tmp_path / "out", tmp_path / "convert.log", Quiet())
    assert gguf.exists()


# --- the real models


@pytest.fixture(scope="module")
def real() -> ModelStore:
    store = ModelStore(default_cache())
    for name in ("m3e-small", "qwen2.5-coder-1.5b-instruct"):
        store.fetch(name)
    return store


@pytest.mark.models
def test_the_default_models_are_byte_for_byte_whole(real: ModelStore) -> None:
    for name in ("m3e-small", "qwen2.5-coder-1.5b-instruct"):
        real.verify(name, deep=True)


@pytest.mark.models
def test_the_default_encoder_loads_and_puts_like_with_like(real: ModelStore) -> None:
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(str(real.locate("m3e-small")), device="cpu")
    vectors = model.encode(["今天天气很好", "今日天气不错", "股票价格下跌"], normalize_embeddings=True)
    assert vectors.shape == (3, 512)
    assert vectors[0] @ vectors[1] > vectors[0] @ vectors[2]


@pytest.mark.models
def test_the_default_language_model_loads_answers_and_ends_its_turn(real: ModelStore) -> None:
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    folder = real.locate("qwen2.5-coder-1.5b-instruct")
    assert json.loads((folder / "config.json").read_text())["dtype"] == "bfloat16"
    tokenizer: Any = AutoTokenizer.from_pretrained(str(folder))
    model: Any = AutoModelForCausalLM.from_pretrained(str(folder), dtype=torch.bfloat16)
    stops = [tokenizer.convert_tokens_to_ids(stop) for stop in ("<|im_end|>", "<|endoftext|>")]
    assert model.generation_config.eos_token_id == stops
    messages = [{"role": "user", "content": "中国的首都是哪里？只回答城市名。"}]
    prompt = tokenizer.apply_chat_template(messages, add_generation_prompt=True, return_tensors="pt", return_dict=True)
    with torch.inference_mode():
        output = model.generate(**prompt, max_new_tokens=20, do_sample=False)
    assert "北京" in tokenizer.decode(output[0, prompt["input_ids"].shape[1] :])
    assert output[0, -1] == stops[0]
