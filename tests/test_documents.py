"""Documents: bytes -> source text by the reader that fits, whatever encoding they come in and whatever they are called."""

from __future__ import annotations

import hashlib
import zipfile
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from samples import SAMPLE, plain_sentences

from index.documents import MAX_CHARACTERS, Document, SourceFile, document, holds_documents, is_document, read, unknown
from index.errors import JudianError
from index.extract import Extract
from index.intake.kinds import COMMON, READERS, reader_of
from index.readers.plain import NotTextError, decode

SIMPLIFIED = (
    "中部地区在全国具有举足轻重的地位，推动中部地区高质量发展具有全局性意义。\n二、工作安排，共３项：①粮食②能源。\n"
)
TRADITIONAL = "中部地區在全國具有舉足輕重的地位，推動中部地區高質量發展具有全局性意義。\n二、工作安排，糧食與能源。\n"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def source(path: Path, data: bytes) -> SourceFile:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return SourceFile(path, path.name)


def packed(*names: str) -> bytes:
    made = BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    return made.getvalue()


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
        b"\x7fELF" + bytes(3000),
        bytes(500),
        b"\xff\xfe\x00",
    ],
    ids=["png", "zip", "elf", "zeros", "half a character"],
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


@pytest.mark.parametrize(
    ("name", "start", "end"),
    [
        ("程序.exe", "不认识的文件类型 .exe（现在支持：.", " 和图片等）。请另存为其中一种后再添加。"),
        ("说明", "文件名没有后缀，不知道是哪一种文件（现在支持：.", " 和图片等）。请补上后缀后再添加。"),
    ],
)
def test_an_unknown_kind_is_refused_with_the_kinds_that_are_known(
    tmp_path: Path, name: str, start: str, end: str
) -> None:
    with pytest.raises(JudianError) as error:
        read(source(tmp_path / name, b"text"))
    assert str(error.value) == unknown(name)
    assert unknown(name).startswith(start)
    assert unknown(name).endswith(end)
    for suffix in (".txt", ".md", ".docx", ".pdf", ".xlsx", ".zip"):
        assert f"{suffix} " in unknown(name)
    for suffix in (*COMMON, ".png", ".Jpg", ".tsv"):
        assert unknown(f"甲{suffix.upper()}") == ""


def test_a_file_that_has_gone_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(JudianError, match="读不了文件"):
        read(SourceFile(tmp_path / "没了.txt", "没了.txt"))


def test_a_text_longer_than_any_document_is_refused_with_the_way_out() -> None:
    whole = "一" * (MAX_CHARACTERS + 1)
    with pytest.raises(JudianError) as error:
        document("长.txt", "/长.txt", whole.encode())
    assert str(error.value) == "文件有 5000001 字，超过一份文档的上限 500 万字。请分成几个文件后再添加。"
    assert len(document("长.txt", "/长.txt", whole[1:].encode()).text) == MAX_CHARACTERS


def test_a_huge_text_is_refused_without_being_decoded() -> None:
    with pytest.raises(JudianError) as error:
        document("大.txt", "/大.txt", b"\xff" * 200 * 2**20)
    assert str(error.value) == "文件有 200 MiB 的文本，超过一份文档的上限 500 万字。请分成几个文件后再添加。"


@pytest.mark.parametrize(
    ("name", "data", "kind"),
    [
        ("甲.txt", b"%PDF-1.7", "pdf"),
        ("甲.txt", packed("word/document.xml"), "word"),
        ("甲.txt", packed("a.txt"), "plain"),
        ("甲.txt", OLE, "legacy"),
        ("甲.md", b"<html><body>", "plain"),
        ("甲.txt", b"\x89PNG\r\n\x1a\n", "plain"),
        ("甲.doc", packed("word/document.xml"), "word"),
        ("甲.doc", b"\xef\xbb\xbf \r\n<!DOCTYPE HTML>", "web"),
        ("甲.doc", rb"{\rtf1\ansi", "legacy"),
        ("甲.doc", OLE, "legacy"),
        ("甲.xls", b"<html xmlns:x", "web"),
        ("甲.xls", packed("xl/workbook.xml"), "sheets"),
        ("甲.xlsx", OLE, "sheets"),
        ("甲.docx", OLE + bytes(600), "legacy"),
        ("甲.docx", OLE + "EncryptedPackage".encode("utf-16-le"), "word"),
        ("甲.docx", packed("ppt/presentation.xml"), "slides"),
        ("甲.docx", b"PK\x03\x04broken", "word"),
        ("甲.docx", b"", "word"),
        ("甲.html", b"%PDF-1.4", "pdf"),
        ("甲.pdf", b"\xff\xd8\xff\xe0", "scan"),
        ("甲.jpg", b"junk %PDF-1.4", "pdf"),
        ("甲.pdf", b"junk", "pdf"),
        ("甲.csv", b"a,b", "sheets"),
        ("甲.eml", b"<html>", "mail"),
        ("甲.PDF", b"%PDF-1.4", "pdf"),
        ("甲.exe", b"%PDF-1.4", ""),
        ("甲", b"", ""),
    ],
)
def test_a_kind_is_told_by_the_content_where_that_is_plain(name: str, data: bytes, kind: str) -> None:
    assert reader_of(name, data) == kind


@given(st.binary(max_size=80), st.sampled_from([*READERS, ".x", ""]))
def test_a_kind_is_told_of_any_bytes(data: bytes, suffix: str) -> None:
    assert reader_of(f"甲{suffix}", data) in {*READERS.values(), ""}


def test_a_file_that_is_not_what_it_is_called_is_told_so_when_it_cannot_be_read() -> None:
    with pytest.raises(JudianError, match=r"^后缀是 \.txt，内容却像 \.pdf：PDF "):
        document("甲.txt", "/甲.txt", b"%PDF-1.7\n" + hashlib.sha512(b"pdf").digest() * 40)


def test_archives_and_mails_hold_documents_and_a_mail_is_one() -> None:
    names = ["甲.zip", "甲.EML", "甲.docx", "zip"]
    assert [holds_documents(name) for name in names] == [True, True, False, False]
    assert [is_document(name) for name in names] == [False, True, True, True]


def test_half_of_a_surrogate_pair_is_kept_as_a_mark_in_its_place() -> None:
    text = document("甲.html", "/甲.html", "<html><body><p>中部地区&#xD800;崛起。</p></body></html>".encode()).text
    text.encode()
