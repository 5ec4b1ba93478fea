"""Documents: files on disk -> source text, whatever Chinese encoding, name or folder they come in."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from samples import SAMPLE, plain_sentences

from index.documents import Document, SourceFile, find, read
from index.errors import JudianError
from index.extract import Extract
from index.readers.plain import NotTextError, decode

SIMPLIFIED = (
    "中部地区在全国具有举足轻重的地位，推动中部地区高质量发展具有全局性意义。\n二、工作安排，共３项：①粮食②能源。\n"
)
TRADITIONAL = "中部地區在全國具有舉足輕重的地位，推動中部地區高質量發展具有全局性意義。\n二、工作安排，糧食與能源。\n"


def source(path: Path, data: bytes) -> SourceFile:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return SourceFile(path, path.name)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("text", [SIMPLIFIED, SIMPLIFIED * 200, SAMPLE.replace("⑴", "")], ids=["short", "long", "real"])
def test_simplified_text_is_read_in_every_encoding_in_use(encoding: str, text: str) -> None:
    assert decode(text.encode(encoding)) == text


@pytest.mark.parametrize("encoding", ["utf-8", "big5", "gb18030", "utf-16"])
def test_traditional_text_is_read_in_every_encoding_in_use(encoding: str) -> None:
    assert decode(TRADITIONAL.encode(encoding)) == TRADITIONAL


@given(st.lists(plain_sentences, min_size=1, max_size=9).map("\n".join))
def test_utf8_with_or_without_a_mark_is_read_exactly(text: str) -> None:
    assert decode(text.encode()) == decode(text.encode("utf-8-sig")) == decode(text.encode("utf-16")) == text


def test_line_ends_are_folded() -> None:
    assert decode("一\r\n二\r三\n四".encode()) == "一\n二\n三\n四"


@pytest.mark.parametrize("data", [b"", b" \n\r\n\t", "\u3000\n".encode(), b"\xef\xbb\xbf"])
def test_an_empty_file_is_refused_as_empty(data: bytes) -> None:
    with pytest.raises(NotTextError, match="文件是空的"):
        decode(data)


@pytest.mark.parametrize(
    "data",
    [
        b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 8,
        b"PK\x03\x04" + hashlib.sha512(b"zip").digest() * 40,
        b"%PDF-1.7\n" + hashlib.sha512(b"pdf").digest() * 40,
        b"\x7fELF" + bytes(3000),
        bytes(500),
        b"\xff\xfe\x00",
    ],
    ids=["png", "zip", "pdf", "elf", "zeros", "half a character"],
)
def test_a_binary_file_named_txt_is_refused(tmp_path: Path, data: bytes) -> None:
    with pytest.raises(NotTextError, match=r"(编码|不是文本|解码).*"):
        read(source(tmp_path / "图.txt", data))


def test_a_document_names_its_file_and_holds_its_text_and_hash(tmp_path: Path) -> None:
    data = SIMPLIFIED.encode("gb18030")
    file = source(tmp_path / "讲话 稿（终稿） 2024.TXT", data)
    assert read(file) == Document(
        "讲话 稿（终稿） 2024.TXT", str(file.path.resolve()), hashlib.sha256(data).hexdigest(), Extract(SIMPLIFIED)
    )


@pytest.mark.parametrize(("name", "kind"), [("表.xlsx", ".xlsx"), ("说明", "没有后缀的文件")])
def test_an_unknown_kind_is_refused_with_the_kinds_that_are_known(tmp_path: Path, name: str, kind: str) -> None:
    with pytest.raises(JudianError) as error:
        read(source(tmp_path / name, b"text"))
    assert str(error.value) == (
        f"不认识的文件类型 {kind}（现在支持：.markdown .md .text .txt）。请另存为文本后再添加。"
    )


def test_a_file_that_has_gone_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(JudianError, match="读不了文件"):
        read(SourceFile(tmp_path / "没了.txt", "没了.txt"))


def test_a_path_that_does_not_exist_is_named(tmp_path: Path) -> None:
    with pytest.raises(JudianError, match=r"找不到文件或文件夹：.*没有.txt"):
        list(find([tmp_path / "没有.txt"]))


def test_a_folder_is_walked_in_name_order_and_hidden_files_are_passed_over(tmp_path: Path) -> None:
    names = ["一 号.txt", "子 文件夹/丙.md", "子 文件夹/甲.txt", "b.txt"]
    for name in [*names, ".隐藏.txt", ".git/config.txt", "~$一 号.txt", "子 文件夹/.DS_Store"]:
        source(tmp_path / name, b"x")
    assert [f.name for f in find([tmp_path])] == sorted(names)
    assert [f.name for f in find([tmp_path / "b.txt", tmp_path / "子 文件夹"])] == ["b.txt", "丙.md", "甲.txt"]


def test_links_to_folders_cannot_trap_the_walk(tmp_path: Path) -> None:
    source(tmp_path / "甲" / "乙.txt", b"x")
    (tmp_path / "甲" / "回头").symlink_to(tmp_path)
    (tmp_path / "自己").symlink_to(tmp_path / "自己")
    (tmp_path / "断了.txt").symlink_to(tmp_path / "没有")
    assert [f.name for f in find([tmp_path])] == ["甲/乙.txt"]
    with pytest.raises(JudianError, match="找不到"):
        list(find([tmp_path / "自己"]))


def test_a_name_packed_on_windows_is_shown_in_chinese(tmp_path: Path) -> None:
    raw = os.fsencode(tmp_path) + b"/" + "中部 讲话.txt".encode("gb18030")
    try:
        Path(os.fsdecode(raw)).write_bytes(SIMPLIFIED.encode())
    except OSError:
        pytest.skip("this file system takes UTF-8 names only")
    [file] = find([tmp_path])
    document = read(file)
    assert (file.name, document.name, document.path) == ("中部 讲话.txt", "中部 讲话.txt", f"{tmp_path}/中部 讲话.txt")
