"""Files: replaced whole, or grown line by line; what the disk does not take is told, and nothing before it is lost."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.files import append_line, make_folder, remove, whole_lines, write_whole
from index.errors import JudianError

FULL = Path("/dev/full")


def test_a_line_cut_anywhere_is_left_out(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    append_line(path, {"id": "一"})
    first = path.read_bytes()
    append_line(path, {"id": "二"})
    whole = path.read_bytes()
    for cut in range(len(first), len(whole) - 2):
        path.write_bytes(whole[:cut])
        assert whole_lines(path) == ['{"id": "一"}']


def test_a_file_that_an_editor_wrote_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(b"\xef\xbb\xbf" + '{"id": "一"}\n{"id": "二"}'.encode())
    assert whole_lines(path) == ['{"id": "一"}', '{"id": "二"}']


@given(st.lists(st.dictionaries(st.sampled_from("甲乙\u2028"), st.text(st.characters(codec="utf-8"))), max_size=5))
def test_every_object_is_a_line(tmp_path_factory: pytest.TempPathFactory, values: list[dict[str, str]]) -> None:
    path = tmp_path_factory.mktemp("lines") / "a.jsonl"
    assert whole_lines(path) == []
    for value in values:
        append_line(path, value)
    assert [json.loads(line) for line in whole_lines(path)] == values


@pytest.mark.skipif(not FULL.exists(), reason="no /dev/full here")
def test_a_full_disk_is_told() -> None:
    with pytest.raises(JudianError, match=r"写不了 /dev/full：.*请检查磁盘空间和权限；之前的都保留着"):
        append_line(FULL, {"id": "一"})


def test_what_cannot_be_written_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    with pytest.raises(JudianError, match="写不了"):
        write_whole(tmp_path / "a", "字")
    assert [p.name for p in tmp_path.iterdir()] == ["a"]


def test_a_folder_that_cannot_be_made_names_the_option_to_change(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(JudianError, match="请换一个位置：--page 文件"):
        make_folder(tmp_path / "file" / "a", "--page 文件")


def test_what_cannot_be_removed_is_told(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    remove([tmp_path / "没有"])
    with pytest.raises(JudianError, match="删不了"):
        remove([tmp_path / "a"])
