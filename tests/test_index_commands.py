"""python -m index: what users see of adding, listing, removing, collections, damaged characters."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from fake_encoder import HashEncoder
from samples import ROOT, write

from index.cleaning import clean
from index.documents import Document, find
from index.errors import JudianError
from index.extract import Extract
from index.intake.adding import Later, Request, line, run
from index.intake.child import Child
from index.intake.ingest import Verdict, add
from index.intake.showing import chosen, collection_name
from index.passages import split
from index.reading import Repair
from index.store import Store

TEXT = "推动中部地区高质量发展。加强科技创新。"
OTHER = "持续打好污染防治攻坚战。"
ENCODER = "m3e-small"  # what the settings call theirs: nothing here loads it


def index(*arguments: object, **environment: object) -> subprocess.CompletedProcess[str]:
    """python -m index …, with these JUDIAN_* settings and no others."""
    plain = {k: v for k, v in os.environ.items() if not k.startswith("JUDIAN_")}
    settings = {f"JUDIAN_{k.upper()}": str(v) for k, v in environment.items()}
    return subprocess.run(
        [sys.executable, "-m", "index", *map(str, arguments)],
        cwd=ROOT,
        env=plain | settings,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write(tmp_path / "件", {"甲.txt": TEXT, "子 夹/乙.txt": OTHER})
    return tmp_path / "件"


@pytest.fixture
def store(tmp_path: Path, folder: Path) -> Store:
    made = Store.create(tmp_path / "库", ENCODER, 64)
    for collection in ("", "政策"):
        list(add(made, HashEncoder(ENCODER), list(find([folder])), collection=collection))
    return made


def request(store: Store, folder: Path, *, prune: bool = False, collection: str = "") -> Request:
    return Request([folder], store.folder, collection, prune, ENCODER, lambda: HashEncoder(ENCODER))


def test_an_unchanged_folder_is_compared_without_a_model(store: Store, folder: Path, tmp_path: Path) -> None:
    result = index("add", folder, "--store", store.folder, models=tmp_path / "没有模型")
    assert (result.returncode, result.stdout.splitlines()) == (
        0,
        ["未变化  子 夹/乙.txt（1 段）", "未变化  甲.txt（1 段）", f"未变化 2。库：{store.folder}"],
    )


def test_a_moved_and_a_vanished_file_need_no_model_either(store: Store, folder: Path, tmp_path: Path) -> None:
    (folder / "子 夹" / "乙.txt").unlink()
    (folder / "甲.txt").rename(folder / "子 夹" / "甲.txt")
    result = index("add", folder, "--store", store.folder, models=tmp_path / "没有模型")
    assert (result.returncode, result.stdout.splitlines()) == (
        0,
        [
            "已改名  子 夹/甲.txt（原名 甲.txt，1 段）",
            "不见了  子 夹/乙.txt（1 段）",
            f"已改名 1，不见了 1。库：{store.folder}",
        ],
    )
    command = f"python -m index add {folder} --prune --store {store.folder}"
    assert f"1 份的源文件已经不在，库中还留着。要移除，运行：{command}" in result.stderr
    result = index("add", folder, "--prune", "--store", store.folder)
    assert "已移除  子 夹/乙.txt（1 段）\n" in result.stdout
    assert [(d.name, d.collection) for d in store.documents() if not d.collection] == [("子 夹/甲.txt", "")]


def test_a_folder_that_is_suddenly_empty_takes_nothing_out(store: Store, folder: Path) -> None:
    shutil.rmtree(folder)
    folder.mkdir()
    result = index("add", folder, "--prune", "--store", store.folder)
    assert (result.returncode, result.stdout) == (1, "")
    assert result.stderr.strip() == f"{folder} 里没有找到可以添加的文件；库中来自它的文档没有动。"
    assert len(store.documents()) == 4


def test_a_bad_file_gives_its_verdict_and_the_exit_code(
    store: Store, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(folder, {"丙.txt": TEXT + OTHER, "空.txt": ""})
    assert run(request(store, folder), watch=False) == 1
    out = capsys.readouterr().out.splitlines()
    assert out == [
        "已添加  丙.txt（1 段）",
        "未变化  子 夹/乙.txt（1 段）",
        "未变化  甲.txt（1 段）",
        "失败  空.txt：文件是空的，没有可以检索的文字。",
        f"已添加 1，未变化 2，失败 1。库：{store.folder}",
    ]


def test_failures_among_many_files_are_said_again_at_the_end(
    store: Store, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(folder, {f"{n:02d}.txt": f"第{n}份文件。" for n in range(50)} | {"空.txt": ""})
    assert run(request(store, folder), watch=False) == 1
    again = capsys.readouterr().err.splitlines()[-2:]
    assert again == ["没有收录的 1 份：", "  失败  空.txt：文件是空的，没有可以检索的文字。"]


def test_documents_are_listed_with_collection_pages_title_and_date(store: Store, folder: Path) -> None:
    extract = Extract("第一页。\f第二页。", pages=(0, 5), title="关于\t开会的通知", date="2024-03-05")
    passages = split(clean(extract.text, extract.layout, extract.pages), (), extract.pages)
    vectors = np.ones((sum(1 + len(p.sentences) for p in passages), 64), np.float32) / 8
    store.replace(Document("通知.pdf", "/件/通知.pdf", "0" * 64, extract), passages, vectors, "通知")
    lines = [line.split("\t") for line in index("list", "--store", store.folder).stdout.splitlines()]
    assert [row[0] for row in lines] == ["子 夹/乙.txt", "政策/子 夹/乙.txt", "政策/甲.txt", "甲.txt", "通知.pdf"]
    assert {len(row) for row in lines} == {10}
    assert lines[0][1:4] == ["12 字", "1 段", "1 句"]
    assert lines[0][5:] == [str(folder / "子 夹" / "乙.txt"), "默认", "", "", ""]
    assert lines[4][5:] == ["/件/通知.pdf", "通知", "2 页", "关于 开会的通知", "2024-03-05"]
    listed = index("list", "--collection", "政策", "--store", store.folder).stdout.splitlines()
    assert [row.split("\t")[0] for row in listed] == ["政策/子 夹/乙.txt", "政策/甲.txt"]
    missing = index("list", "--collection", "没有", "--store", store.folder)
    assert (missing.returncode, missing.stdout) == (2, "")
    assert missing.stderr == "错误：库中没有名为 没有 的集合。现有：政策、通知、默认\n"


def test_collections_are_counted(store: Store) -> None:
    assert index("collections", "--store", store.folder).stdout == "默认\t2 份\t2 段\n政策\t2 份\t2 段\n"
    assert "集合      默认 2 份，政策 2 份\n" in index("stats", "--store", store.folder).stdout


def test_several_documents_are_removed_by_name_and_pattern(store: Store) -> None:
    result = index("remove", "甲.txt", "政策/*", "--store", store.folder)
    assert result.stdout == "已移除 甲.txt、政策/子 夹/乙.txt、政策/甲.txt（源文件没有动；要恢复，再添加一次即可）。\n"
    assert [d.name for d in store.documents()] == ["子 夹/乙.txt"]
    nothing = index("remove", "子 夹/乙.txt", "没有*", "--store", store.folder)
    assert (nothing.returncode, nothing.stdout) == (2, "")
    assert "库中没有名为 没有* 的文档。现有：子 夹/乙.txt" in nothing.stderr
    assert [d.name for d in store.documents()] == ["子 夹/乙.txt"]


def test_names_are_chosen_exactly_before_as_patterns(store: Store) -> None:
    assert chosen(store, ["甲.txt"], None) == ["甲.txt"]
    assert chosen(store, ["*甲.txt", "甲.txt"], None) == ["政策/甲.txt", "甲.txt"]
    assert chosen(store, ["*甲.txt"], "默认") == ["甲.txt"]
    with pytest.raises(JudianError, match=r"集合 政策 中没有名为 甲.txt 的文档"):
        chosen(store, ["甲.txt"], "政策")


@pytest.mark.parametrize(("given", "kept"), [("", ""), ("默认", ""), (" 政策  文件 ", "政策 文件")])
def test_collections_have_plain_names(given: str, kept: str) -> None:
    assert collection_name(given) == kept


@pytest.mark.parametrize("given", ["甲/乙", "a\x1bb"])
def test_a_collection_that_would_look_like_a_path_is_refused(given: str) -> None:
    with pytest.raises(JudianError, match="集合名"):
        collection_name(given)


def test_damaged_characters_are_shown_with_what_they_may_have_been(store: Store) -> None:
    text = "紧紧闱绕高质量发展这个中心任务。"
    cleaned = clean(text)
    repairs = [
        Repair(2, 4, "围绕", 0.97, "字形相近，本文“围绕”出现 12 次"),
        Repair(10, 11, "各", 0.4, "字形相近"),
    ]
    passages = split(cleaned, repairs=repairs)
    vectors = np.ones((sum(1 + len(p.sentences) for p in passages), 64), np.float32) / 8
    store.replace(Document("损.txt", "/损.txt", "0" * 64, Extract(text)), passages, vectors)
    assert index("repairs", "损.txt", "--store", store.folder).stdout.splitlines() == [
        "2–4\t“闱绕”疑为“围绕”\t0.97\t检索时采用\t字形相近，本文“围绕”出现 12 次\t…紧紧【闱绕】高质量发展这个中心任务。…",
        "10–11\t“个”疑为“各”\t0.40\t仅供参考\t字形相近\t…紧紧闱绕高质量发展这【个】中心任务。…",
    ]
    sound = index("repairs", "甲.txt", "--store", store.folder)
    assert (sound.returncode, sound.stdout) == (0, "")
    assert sound.stderr == "甲.txt 里没有发现疑似损坏的字。\n"


def test_a_damaged_store_is_verified_rebuilt_and_sound_again(store: Store) -> None:
    assert index("verify", "--store", store.folder).stdout == "完好：4 份文档。\n"
    rebuilt = index("rebuild", "--store", store.folder)
    assert (rebuilt.returncode, rebuilt.stderr) == (0, "")
    assert "4 份文档" in rebuilt.stdout


def test_watching_takes_folders_only(store: Store, folder: Path) -> None:
    result = index("add", folder / "甲.txt", "--watch", "--store", store.folder)
    assert result.returncode == 2
    assert f"--watch 跟踪的是文件夹，{folder / '甲.txt'} 不是。" in result.stderr


def test_an_encoder_is_loaded_when_it_is_first_needed() -> None:
    loaded: list[HashEncoder] = []

    def load() -> HashEncoder:
        loaded.append(HashEncoder())
        return loaded[-1]

    later = Later("hash", 64, load)
    assert (later.name, later.dim, loaded) == ("hash", 64, [])
    np.testing.assert_array_equal(later.encode_passages(["甲"]), HashEncoder().encode_passages(["甲"]))
    np.testing.assert_array_equal(later.encode_queries(["甲"]), HashEncoder().encode_queries(["甲"]))
    assert len(loaded) == 1


@pytest.mark.parametrize(
    ("verdict", "said"),
    [
        (Verdict("甲.txt", "added", 3, ""), "已添加  甲.txt（3 段）"),
        (Verdict("甲.txt", "renamed", 3, "", "乙.txt"), "已改名  甲.txt（原名 乙.txt，3 段）"),
        (Verdict("甲.txt", "failed", 0, "坏了。"), "失败  甲.txt：坏了。"),
        (Verdict("甲.txt", "vanished", 3, ""), "不见了  甲.txt（3 段）"),
    ],
)
def test_every_verdict_has_its_line(verdict: Verdict, said: str) -> None:
    assert line(verdict) == said


def test_the_bar_has_counts_and_ends_full(
    store: Store, folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TQDM_MININTERVAL", "0")
    write(folder, {"丙.txt": TEXT * 30, "丁.txt": OTHER})
    assert run(request(store, folder), watch=False) == 0
    shown = capsys.readouterr().err
    assert "添加 4/4 份 100%" in shown
    assert "还要 00:00" in shown


def test_nothing_of_a_child_is_left_when_the_command_ends(store: Store, folder: Path) -> None:
    made: list[Callable[[], None]] = []
    child = Child()
    made.append(child.stop)
    write(folder, {"丙.txt": TEXT * 3})
    list(add(store, HashEncoder(ENCODER), list(find([folder])), reader=child))
    assert (child._process, child._pipe) == (None, None)
