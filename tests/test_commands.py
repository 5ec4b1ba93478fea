"""The commands as users run them: help at once, and for every mistake a Chinese message and an exit code."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest
from evidences import hit
from fake_encoder import HashEncoder
from samples import ROOT, SAMPLE, filled

from index.hits import Hit, Signals, Twin
from index.store import Store
from rag import __main__ as rag_command
from rag.answer import hit_json
from rag.explain import explain_line

HELPS = [
    ["index"],
    *(
        ["index", name]
        for name in ("add", "remove", "list", "text", "stats", "collections", "repairs", "verify", "rebuild")
    ),
    ["rag"],
    *(["rag", name] for name in ("ask", "search", "models")),
    ["rag", "models", "list"],
    ["rag", "models", "fetch"],
]
NAME = "七篇 发言稿.txt"
CHINESE = re.compile("[\u4e00-\u9fff]")


def run(*arguments: object, **environment: object) -> subprocess.CompletedProcess[str]:
    """python -m …, in the repository, with these JUDIAN_* settings and no others."""
    plain = {k: v for k, v in os.environ.items() if not k.startswith("JUDIAN_")}
    settings = {f"JUDIAN_{k.upper()}": str(v) for k, v in environment.items()}
    return subprocess.run(
        [sys.executable, "-m", *map(str, arguments)],
        cwd=ROOT,
        env=plain | settings,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """A store whose encoder is called what the settings call theirs, so that commands get past it."""
    encoder = HashEncoder("m3e-small")
    return filled(tmp_path_factory.mktemp("库"), {NAME: SAMPLE, "乙.txt": "\ufeff一行\n\n  二行  "}, encoder)


def failed(result: subprocess.CompletedProcess[str], *parts: str) -> None:
    """The command said in Chinese what is wrong, without a traceback, and did not claim success."""
    assert result.returncode not in (0, -9)
    assert "Traceback" not in result.stderr
    assert CHINESE.search(result.stderr)
    for part in parts:
        assert part in result.stderr
    assert result.stdout == ""


@pytest.mark.parametrize("command", HELPS, ids=" ".join)
def test_help_comes_at_once_and_in_chinese(command: list[str]) -> None:
    def seconds(*arguments: str) -> float:
        start = time.perf_counter()
        subprocess.run([sys.executable, *arguments], check=True, capture_output=True)
        return time.perf_counter() - start

    start = time.perf_counter()
    result = run(*command, "--help")
    took = time.perf_counter() - start
    assert (result.returncode, result.stderr) == (0, "")
    assert len(CHINESE.findall(result.stdout)) >= 8
    assert took < 2 or took < 10 * seconds("-c", "import argparse, json, pathlib, typing")  # a busy machine


@pytest.mark.parametrize("command", [["index", "list"], ["index", "stats"], ["index", "verify"], ["index", "text", NAME],
                                     ["index", "remove", NAME], ["rag", "search", "粮食"], ["rag", "ask", "粮食"]], ids=" ".join)  # fmt: skip
def test_a_missing_store_is_said_to_be_missing(tmp_path: Path, command: list[str]) -> None:
    missing = tmp_path / "没有的库"
    result = run(*command, "--store", missing)
    failed(result, f"还没有建库：{missing}", "python -m index add")
    assert result.returncode == 2
    assert not missing.exists()


def test_an_empty_store_is_said_to_be_empty(tmp_path: Path) -> None:
    Store.create(tmp_path, "m3e-small", 64)
    for command in ("ask", "search"):
        failed(run("rag", command, "粮食", "--store", tmp_path), f"库 {tmp_path} 是空的", "python -m index add")


def test_a_store_of_another_encoder_is_refused_with_what_mends_it(tmp_path: Path, store: Store) -> None:
    file = tmp_path / "甲.txt"
    file.write_text("粮食。" * 9, encoding="utf-8")
    for command in (["rag", "ask", "粮食"], ["rag", "search", "粮食"], ["index", "add", str(file)]):
        result = run(*command, "--store", store.folder, encoder="bge-small-zh-v1.5")
        failed(result, "由编码器 m3e-small 建立，当前编码器是 bge-small-zh-v1.5", "JUDIAN_ENCODER=m3e-small")


def test_a_missing_model_is_named_with_the_command_that_fetches_it(tmp_path: Path, store: Store) -> None:
    for command in ("ask", "search"):
        result = run("rag", command, "粮食", "--store", store.folder, models=tmp_path)
        failed(result, "模型 m3e-small 还没有下载", "python -m rag models fetch m3e-small")


def test_a_damaged_model_is_named_with_the_command_that_fetches_it(tmp_path: Path, store: Store) -> None:
    model = tmp_path / "m3e-small"
    model.mkdir()
    (model / "config.json").write_text("{}")
    files = {"config.json": {"bytes": 711, "sha256": "00"}, "pytorch_model.bin": {"bytes": 9, "sha256": "00"}}
    about = {"name": "m3e-small", "role": "encoder", "licence": "", "licence_note": "", "source": "pypi"}
    manifest = {**about, "source_files": {}, "fetched_on": "2026-01-01", "files": files}
    (model / "manifest.json").write_text(json.dumps(manifest))
    result = run("rag", "ask", "粮食", "--store", store.folder, models=tmp_path)
    failed(result, "config.json 应有 711 字节，现有 2 字节", "pytorch_model.bin 不见了", "models fetch m3e-small")


def test_an_unknown_model_is_named_with_those_there_are(tmp_path: Path) -> None:
    named = filled(tmp_path, {NAME: SAMPLE}, HashEncoder("什么"))
    result = run("rag", "ask", "粮食", "--store", named.folder, encoder="什么")
    failed(result, "没有名为 什么 的模型", "m3e-small")


def test_one_question_or_a_batch_is_asked_for(store: Store, tmp_path: Path) -> None:
    for command in ("ask", "search"):
        failed(run("rag", command, "--store", store.folder), "请给一个问题，或用 --batch")
        failed(run("rag", command, "粮食", "--batch", "x", "--out", "y", "--store", store.folder), "二者取一")
        failed(run("rag", command, "--batch", tmp_path / "q", "--store", store.folder), "--out")


def test_a_malformed_batch_line_is_named_before_anything_is_loaded(store: Store, tmp_path: Path) -> None:
    batch, out = tmp_path / "问.jsonl", tmp_path / "答.jsonl"
    batch.write_text('{"id": "1", "question": "好"}\n{"id": "2", "question": }\n', encoding="utf-8")
    for command in ("ask", "search"):
        result = run("rag", command, "--batch", batch, "--out", out, "--store", store.folder, models=tmp_path)
        failed(result, f"{batch} 第 2 行 不是 JSON")
    assert not out.exists()


@pytest.mark.parametrize("k", ["0", "-3"])
def test_a_number_of_hits_that_is_none_is_refused(store: Store, k: str) -> None:
    failed(run("rag", "search", "粮食", "-k", k, "--store", store.folder), f"-k 应为正整数，收到的是 {k}")


def test_an_unknown_setting_is_named(store: Store) -> None:
    failed(run("index", "list", "--store", store.folder, prot=1), "不认识的设置：prot", "port")


def test_the_exact_source_is_printed_and_nothing_else(store: Store) -> None:
    for name in (NAME, "乙.txt"):
        result = run("index", "text", name, "--store", store.folder)
        assert (result.returncode, result.stdout, result.stderr) == (0, store.text(name), "")
    assert store.text(NAME) == SAMPLE


def test_an_unknown_document_is_answered_with_the_names_that_are_there(store: Store) -> None:
    for command in ("text", "remove"):
        failed(run("index", command, "没有.txt", "--store", store.folder), "库中没有名为 没有.txt 的文档", NAME)


def test_documents_are_listed_counted_and_verified(store: Store) -> None:
    listed = run("index", "list", "--store", store.folder)
    assert [line.split("\t")[0] for line in listed.stdout.splitlines()] == [NAME, "乙.txt"]
    assert "文档      2\n" in run("index", "stats", "--store", store.folder).stdout
    verified = run("index", "verify", "--store", store.folder)
    assert (verified.returncode, verified.stdout) == (0, "完好：2 份文档。\n")


def test_a_name_is_listed_as_the_other_commands_take_it(tmp_path: Path) -> None:
    name = "通知  （两个空格） .txt"
    folder = filled(tmp_path, {name: SAMPLE}, HashEncoder("m3e-small")).folder
    listed = run("index", "list", "--store", folder).stdout.split("\t")[0]
    assert listed == name
    assert run("index", "text", listed, "--store", folder).stdout == SAMPLE


def test_a_damaged_store_is_said_to_be_damaged(tmp_path: Path) -> None:
    damaged = filled(tmp_path, {NAME: SAMPLE}, HashEncoder("m3e-small"))
    file = damaged.folder / "judian.sqlite"
    data = file.read_bytes()
    file.write_bytes(data[:20_000] + bytes(60_000) + data[80_000:])
    failed(run("index", "verify", "--store", damaged.folder), "python -m index rebuild")


def test_removing_takes_the_document_out_and_leaves_the_file(tmp_path: Path) -> None:
    kept = filled(tmp_path, {NAME: SAMPLE, "乙.txt": "一行。"}, HashEncoder("m3e-small"))
    result = run("index", "remove", NAME, "--store", kept.folder)
    assert (result.returncode, [d.name for d in kept.documents()]) == (0, ["乙.txt"])
    assert (tmp_path / "原件" / NAME).exists()


@pytest.mark.parametrize("path", ["没有.txt", "空文件夹"])
def test_nothing_to_add_is_an_error(tmp_path: Path, path: str) -> None:
    (tmp_path / "空文件夹").mkdir()
    result = run("index", "add", tmp_path / path, "--store", tmp_path / "库")
    failed(result, "找")
    assert not (tmp_path / "库").exists()


def test_adding_without_a_model_makes_no_store(tmp_path: Path) -> None:
    file = tmp_path / "甲.txt"
    file.write_text("粮食产量稳定。", encoding="utf-8")
    result = run("index", "add", file, "--store", tmp_path / "库", models=tmp_path / "空")
    failed(result, "模型 m3e-small 还没有下载")
    assert not (tmp_path / "库").exists()


WHY = Signals(0.713, 12.3, 0.4, 1.0, 0.834, 0.9, None)
TWINS = (Twin("讲话.txt", "第三篇", None, 900, 930), Twin("通稿.docx", "", 2, 0, 30))


def test_a_hit_is_explained_in_one_line_and_what_was_not_asked_is_a_dash() -> None:
    found = replace(hit("粮食产量占全国三成。", score=0.8124), signals=WHY)
    assert explain_line(found) == (
        "得分 0.812 · 语义 dense 0.71 · 词面 lexical 12.30 · 连续 phrase 0.40 · 范围 scope 1.00 · 重排 rerank — · "
        "覆盖 coverage 0.83"
    )
    assert "重排 rerank 0.25" in explain_line(replace(found, signals=replace(WHY, rerank=0.25)))


def test_a_hit_as_json_has_signals_only_when_asked_and_twins_only_when_there_are_some() -> None:
    plain = hit("粮食产量占全国三成。")
    assert list(hit_json(plain)) == ["document", "section", "start", "end", "score", "text"]
    told = hit_json(replace(plain, signals=WHY, also=TWINS), explain=True)
    assert told["signals"] == {
        "dense": 0.713, "lexical": 12.3, "phrase": 0.4, "scope": 1.0, "coverage": 0.834, "fused": 0.9, "rerank": None,
    }  # fmt: skip
    assert told["also_in"] == [
        {"document": "讲话.txt", "section": "第三篇", "start": 900, "end": 930},
        {"document": "通稿.docx", "section": "", "start": 0, "end": 30},
    ]


class Finder:
    """In the place of the search: finds one passage twice told."""

    def __init__(self, store: Store) -> None:
        self.store = store

    def search(self, query: str, k: int, collections: list[str]) -> list[Hit]:
        return [replace(hit("粮食产量占全国三成。", score=0.5), signals=WHY, also=TWINS)]


def test_search_lists_places_that_say_the_same_and_explains_on_demand(
    store: Store, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setattr("rag.engine.open_searcher", lambda _: Finder(store))
    search = ["search", "粮食", "--store", str(store.folder)]
    assert rag_command.main(search) == 0
    head = "1. 讲话.txt · 第一篇  [0, 10)"
    also = "\n   另见 第三篇、通稿.docx · 第 2 页\n   粮食产量占全国三成。\n\n"
    assert capsys.readouterr().out == f"{head}  得分 0.500{also}"
    assert rag_command.main([*search, "--explain"]) == 0
    line = "得分 0.500 · 语义 dense 0.71 · 词面 lexical 12.30 · 连续 phrase 0.40 · 范围 scope 1.00 · 重排 rerank — · 覆盖 coverage 0.83"
    assert capsys.readouterr().out == f"{head}\n   {line}{also}"
    assert rag_command.main([*search, "--explain", "--json"]) == 0
    [found] = json.loads(capsys.readouterr().out)["hits"]
    assert (found["signals"]["dense"], len(found["also_in"])) == (0.713, 2)
    (tmp_path / "问").write_text('{"id": "1", "question": "粮食"}\n', encoding="utf-8")
    batch = ["search", "--batch", str(tmp_path / "问"), "--out", str(tmp_path / "答"), "--store", str(store.folder)]
    for more, explained in (([], False), (["--explain"], True)):
        assert rag_command.main([*batch, *more]) == 0
        [found] = json.loads((tmp_path / "答").read_text(encoding="utf-8"))["hits"]
        assert ("signals" in found) is explained
