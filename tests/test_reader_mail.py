"""Mails: subject, date, from and to, the body in whatever form and encoding, the files sent with them."""

from __future__ import annotations

import contextlib
from email.message import EmailMessage

import pytest
from hypothesis import HealthCheck, given, settings
from office import check, damages, survives

from index.errors import JudianError
from index.readers.mail import attachments, read


def notice(html: bool = False) -> EmailMessage:
    mail = EmailMessage()
    mail["Subject"] = "关于召开粮食工作会议的通知"
    mail["From"] = "张三 <zhang@example.cn>"
    mail["To"] = "李四 <li@example.cn>, 王五 <wang@example.cn>"
    mail["Date"] = "Tue, 05 Mar 2013 09:30:00 +0800"
    if html:
        mail.set_content(
            "<html><body><p>各位同事：</p><p>定于3月8日开会。</p><script>恶意()</script></body></html>", subtype="html"
        )
    else:
        mail.set_content("各位同事：\n定于3月8日开会。\n")
    return mail


def full() -> EmailMessage:
    mail = notice()
    mail.add_alternative("<p>网页版</p>", subtype="html")
    mail.add_attachment(b"PK\x03\x04", maintype="application", subtype="octet-stream", filename="议程 表.docx")
    mail.add_attachment("逃逸".encode(), maintype="text", subtype="plain", filename="../../x.txt")
    inner = EmailMessage()
    inner["Subject"] = "里/层"
    inner.set_content("里层的信\n")
    mail.add_attachment(inner)
    return mail


HEAD = "关于召开粮食工作会议的通知\n发件人：张三 <zhang@example.cn>\n收件人：李四 <li@example.cn>, 王五 <wang@example.cn>\n日期：2013-03-05 09:30\n"


def test_a_mail_gives_its_head_its_text_and_the_names_of_its_files() -> None:
    extract = read(full().as_bytes())
    assert extract.text == HEAD + "各位同事：\n定于3月8日开会。\n附件：议程 表.docx、x.txt、里_层.eml\n"
    assert (extract.title, extract.date) == ("关于召开粮食工作会议的通知", "2013-03-05")
    assert [extract.text[h.start : h.end] for h in extract.headings] == ["关于召开粮食工作会议的通知"]
    check(extract)


def test_a_mail_that_is_a_page_alone_is_read_as_the_page() -> None:
    assert read(notice(html=True).as_bytes()).text == HEAD + "各位同事：\n定于3月8日开会。\n"


def test_the_files_of_a_mail_come_by_bare_names() -> None:
    found = attachments(full().as_bytes())
    assert found[:2] == [("议程 表.docx", b"PK\x03\x04"), ("x.txt", "逃逸".encode())]
    name, inner = found[2]
    assert (name, len(found)) == ("里_层.eml", 3)
    assert read(inner).text == "里/层\n里层的信\n"


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_a_mail_that_states_no_encoding_is_read(encoding: str) -> None:
    raw = "Subject: 关于会议\nFrom: 张三 <a@b.cn>\n\n请各位同事按时参加。\n"
    assert read(raw.encode(encoding)).text == "关于会议\n发件人：张三 <a@b.cn>\n请各位同事按时参加。\n"


def test_a_mail_in_gb2312_is_read() -> None:
    mail = (
        b"Subject: =?gb2312?B?" + b"udjT2rvh0uk=" + b"?=\nMIME-Version: 1.0\nContent-Type: text/plain; charset=gb2312\n"
        b"Content-Transfer-Encoding: 8bit\n\n" + "会议改期，㈠另行通知。".encode("gb18030")
    )
    assert read(mail).text == "关于会议\n会议改期，㈠另行通知。\n"


def test_a_damaged_date_is_left_out() -> None:
    mail = b"Subject: =?utf-8?B?5L+h?=\nDate: someday\n\nabc\n"
    assert (read(mail).text, read(mail).date) == ("信\nabc\n", "")


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "邮件读不了：没有邮件的信头"),
        ("一篇普通文章，没有信头。".encode(), "邮件读不了：没有邮件的信头"),
        (b"Subject:\n\n \n", "文件里没有可以检索的文字"),
        (bytes(range(256)), "邮件读不了：没有邮件的信头"),
    ],
    ids=["empty", "no mail", "no words", "binary"],
)
def test_what_is_no_mail_is_refused(data: bytes, message: str) -> None:
    with pytest.raises(JudianError) as error:
        read(data)
    assert str(error.value).startswith(message)


def test_a_mail_in_a_mail_a_thousand_deep_ends() -> None:
    survives(read, b"Subject: a\nContent-Type: message/rfc822\n\n" * 1000 + b"abc")
    parts = (
        b"Subject: a\nContent-Type: multipart/mixed; boundary=b\n\n--b\n"
        + b"Content-Type: multipart/mixed; boundary=b\n\n--b\n" * 1000
    )
    survives(read, parts)


bounded = settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))


@bounded
@given(damages(full().as_bytes()))
def test_any_damaged_mail_is_read_or_refused(data: bytes) -> None:
    survives(read, data)
    with contextlib.suppress(JudianError):
        assert all(name and "/" not in name for name, _ in attachments(data))
