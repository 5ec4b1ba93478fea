from __future__ import annotations

import io
import zipfile
from email.message import EmailMessage

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.errors import JudianError
from index.intake import archives
from index.intake.archives import ArchiveError, Member, members


def packed(files: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", method) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return stream.getvalue()


def as_on_windows(data: bytes, name: str) -> bytes:
    """The archive with its only name in GB18030 and no mark of UTF-8."""
    utf8, gb = name.encode(), name.encode("gb18030")
    placeholder = b"A" * len(gb)
    raw = bytearray(packed({placeholder.decode(): data}))
    assert utf8 != gb
    return bytes(raw.replace(placeholder, gb))


def test_files_come_in_order_with_their_paths() -> None:
    data = packed({"制度/考勤.txt": "一".encode(), "通知.txt": b"2", "空夹/": b""})
    assert list(members(data, "材料.zip")) == [Member("制度/考勤.txt", "一".encode()), Member("通知.txt", b"2")]


def test_a_name_packed_on_windows_is_read_as_chinese() -> None:
    data = as_on_windows(b"x", "关于印发通知.txt")
    assert list(members(data, "a.zip")) == [Member("关于印发通知.txt", b"x")]


def test_a_name_with_a_backslash_byte_in_gb18030_is_one_name() -> None:
    name = "誠.txt"
    assert b"\\" in name.encode("gb18030")
    assert list(members(as_on_windows(b"x", name), "a.zip")) == [Member(name, b"x")]


@pytest.mark.parametrize(
    ("inside", "shown"),
    [
        ("../../x.txt", "x.txt"),
        ("/etc/passwd", "etc/passwd"),
        ("C:\\资料\\表.txt", "资料/表.txt"),
        ("a/./b/../c.txt", "a/b/c.txt"),
        ("甲\u202e\u0007乙.txt", "甲乙.txt"),
        ("..", "未命名"),
    ],
)
def test_a_name_never_leads_out_of_the_archive(inside: str, shown: str) -> None:
    assert [m.name for m in members(packed({inside: b"x"}), "a.zip")] == [shown]


def test_hidden_files_and_traces_of_a_system_are_passed_over() -> None:
    data = packed({"__MACOSX/._a.txt": b"", ".DS_Store": b"", "夹/~$稿.docx": b"", "Thumbs.db": b"", "a.txt": b"1"})
    assert list(members(data, "a.zip")) == [Member("a.txt", b"1")]


def test_a_link_inside_is_no_file() -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        link = zipfile.ZipInfo("link.txt")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
    assert list(members(stream.getvalue(), "a.zip")) == []


def test_an_archive_inside_is_opened_two_deep_and_a_deeper_one_reported() -> None:
    deep = packed({"底.txt": b"4"})
    for name in ("四.zip", "三.zip", "二.zip"):
        deep = packed({name: deep, f"{name[0]}.txt": b"x"})
    found = list(members(deep, "一.zip"))
    assert [(m.name, m.error) for m in found] == [
        ("二.zip/三.zip/四.zip", "压缩包套了 4 层，只打开到第 3 层。请先解开再添加。"),
        ("二.zip/三.zip/四.txt", ""),
        ("二.zip/三.txt", ""),
        ("二.txt", ""),
    ]


def test_a_name_that_stands_twice_is_numbered() -> None:
    data = packed({"a.txt": b"1", "b.txt": b"2"}).replace(b"b.txt", b"a.txt")
    assert list(members(data, "a.zip")) == [Member("a.txt", b"1"), Member("a (2).txt", b"2")]


def test_one_damaged_file_is_reported_and_the_rest_come() -> None:
    data = bytearray(packed({"坏.txt": b"bad" * 50, "好.txt": b"good"}, zipfile.ZIP_STORED))
    at = data.index(b"badbad")
    data[at : at + 3] = b"BAD"
    bad, good = members(bytes(data), "a.zip")
    assert bad == Member("坏.txt", error="压缩包里的这个文件已损坏，解不开。请重新打包后再添加。")
    assert good == Member("好.txt", b"good")


def locked(data: bytes, name: bytes) -> bytes:
    """The archive with the file marked as encrypted."""
    raw = bytearray(data)
    for mark, flags, text in ((b"PK\x03\x04", 6, 30), (b"PK\x01\x02", 8, 46)):
        at = -1
        while (at := raw.find(mark, at + 1)) >= 0:
            if raw[at + text : at + text + len(name)] == name:
                raw[at + flags] |= 1
    return bytes(raw)


def test_a_file_with_a_password_is_reported_and_an_archive_with_one_refused() -> None:
    data = packed({"a.txt": b"1", "b.txt": b"2"})
    one = locked(data, b"a.txt")
    assert list(members(one, "a.zip")) == [
        Member("a.txt", error="压缩包里的这个文件有密码，没有收录。请解开后再添加。"),
        Member("b.txt", b"2"),
    ]
    with pytest.raises(ArchiveError, match="有密码"):
        list(members(locked(one, b"b.txt"), "a.zip"))


def test_a_bomb_is_reported_without_being_unpacked() -> None:
    data = packed({"炸弹.txt": b"\0" * (40 << 20), "好.txt": b"good"})
    bomb, good = members(data, "a.zip")
    assert "像是压缩炸弹" in bomb.error
    assert bomb.data == b""
    assert good == Member("好.txt", b"good")


@pytest.mark.parametrize(
    ("bound", "value", "message"), [("MAX_MEMBERS", 29, "超过 29 个"), ("MAX_TOTAL", 2999, "GB，没有打开")]
)
def test_more_files_or_bytes_than_the_bound_are_refused(
    monkeypatch: pytest.MonkeyPatch, bound: str, value: int, message: str
) -> None:
    data = packed({f"{n}.txt": b"x" * 100 for n in range(30)})
    assert len(list(members(data, "a.zip"))) == 30
    monkeypatch.setattr(archives, bound, value)
    with pytest.raises(ArchiveError, match=message):
        list(members(data, "a.zip"))


def test_a_size_that_lies_unpacks_no_more_than_it_says() -> None:
    data = bytearray(packed({"a.txt": b"x" * 1000}))
    for mark, place in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        at = data.index(mark) + place
        data[at : at + 4] = (10).to_bytes(4, "little")
    (member,) = members(bytes(data), "a.zip")
    assert len(member.data) <= 10


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04", b"not an archive" * 50, packed({"a.txt": b"1" * 99})[:-30]])
def test_a_truncated_archive_is_an_error(data: bytes) -> None:
    with pytest.raises(ArchiveError, match="已损坏或不完整"):
        list(members(data, "a.zip"))


def mail(*attached: tuple[str, bytes]) -> bytes:
    message = EmailMessage()
    message["Subject"] = "关于报送材料"
    message.set_content("请查收附件。")
    for name, content in attached:
        message.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
    return message.as_bytes()


def test_attachments_of_a_mail_come_like_files_of_an_archive() -> None:
    data = mail(("附件.txt", b"one"), ("包.zip", packed({"表.txt": b"two"})))
    assert list(members(data, "信.eml")) == [Member("附件.txt", b"one"), Member("包.zip/表.txt", b"two")]
    assert list(members(packed({"信.eml": data}), "a.zip")) == [
        Member("信.eml", data),
        Member("信.eml/附件.txt", b"one"),
        Member("信.eml/包.zip/表.txt", b"two"),
    ]


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 400), st.integers(0, 255)), max_size=8), st.integers(0, 400))
def test_damaged_bytes_give_members_or_an_error(flips: list[tuple[int, int]], cut: int) -> None:
    data = bytearray(packed({"甲.txt": "文字".encode() * 30, "里.zip": packed({"b.txt": b"2"})}))
    for at, value in flips:
        data[at % len(data)] = value
    try:
        found = list(members(bytes(data[: len(data) - (cut if cut > 200 else 0)]), "a.zip"))
    except JudianError:
        return
    assert all(not m.name.startswith("/") and ".." not in m.name.split("/") for m in found)
