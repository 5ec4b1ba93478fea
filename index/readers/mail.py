"""Bytes of an .eml -> an Extract: subject, date, from and to, the text of the body; and its attachments."""

from __future__ import annotations

import re
from email import policy
from email.header import decode_header
from email.message import Message
from email.parser import BytesParser
from email.utils import parsedate_to_datetime

from index.extract import Extract
from index.readers import web
from index.readers.faults import DamagedFileError, EmptyFileError, guarded
from index.readers.lines import Lines, one_line

KIND = "邮件"
MAX_ATTACHMENTS = 1000
_HEADERS = (("From", "发件人"), ("To", "收件人"), ("Cc", "抄送"), ("Date", "日期"))


def read(data: bytes) -> Extract:
    """The mail `data`: its subject, its other headers a line each, its body, the names of its attachments."""
    with guarded(KIND):
        message = _parsed(data)
        subject = _header(message, "Subject")
        lines = Lines()
        lines.add(subject, level=1)
        for name, shown in _HEADERS:
            value = _moment(message) if name == "Date" else _header(message, name)
            lines.add(f"{shown}：{value}" if value else "")
        body = _body(message)
        if not subject and not body.strip():
            raise EmptyFileError
        lines.add(body)
        if names := [name for name, _ in _attached(message)]:
            lines.add(f"附件：{'、'.join(names)}")
        return lines.extract(subject, _moment(message)[:10])


def attachments(data: bytes) -> list[tuple[str, bytes]]:
    """The files sent with the mail `data`, by name; a mail inside it as an .eml. Raises DamagedFileError."""
    with guarded(KIND):
        return _attached(_parsed(data))


def saved_page(data: bytes) -> str:
    """The page that a browser saved as one file (.mhtml). Raises DamagedFileError when there is none."""
    for part in _parsed(data).walk():
        if part.get_content_type() in ("text/html", "application/xhtml+xml"):
            return web.decode(_payload(part), part.get_content_charset() or "")
    raise DamagedFileError(web.KIND, "里面没有网页")


def _parsed(data: bytes) -> Message:
    message = BytesParser(policy=policy.compat32).parsebytes(data.lstrip())
    if not any(name.lower() in ("from", "to", "subject", "date", "mime-version", "content-type") for name in message):
        raise DamagedFileError(KIND, "没有邮件的信头")
    return message


def _payload(part: Message) -> bytes:
    payload = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""


def _header(message: Message, name: str) -> str:
    """The words of a header, whatever encoding they are in, with or without a sign that says so."""
    raw = next((value for key, value in message.raw_items() if key.lower() == name.lower()), "")
    return one_line(_decoded(str(raw)))


def _decoded(raw: str) -> str:
    loose = raw.encode("utf-8", "surrogateescape")
    text = re.sub(r"\r?\n[ \t]+", " ", raw if loose.isascii() else _text(loose, ""))
    try:
        words = decode_header(text)
    except ValueError:
        return text
    return "".join(w if isinstance(w, str) else _text(w, charset or "") for w, charset in words)


def _text(data: bytes, charset: str) -> str:
    """Text of `data` by its `charset`; mails that state none, or another than they are in, are UTF-8 or GBK."""
    for name in (charset, "utf-8", "gb18030"):
        try:
            return data.decode("gb18030" if name.lower() in ("gb2312", "gbk") else name)
        except (LookupError, ValueError):
            continue
    return data.decode("utf-8", "replace")


def _moment(message: Message) -> str:
    """When the mail was sent, such as 2013-03-05 09:30; "" when it does not say so."""
    try:
        return parsedate_to_datetime(_header(message, "Date")).strftime("%Y-%m-%d %H:%M")
    except (ValueError, TypeError, IndexError, OverflowError):
        return ""


def _body(message: Message) -> str:
    """The text of the mail: its plain parts, or its pages when there are none."""
    plains, pages = [], []
    for part in _leaves(message):
        kind = part.get_content_type()
        if _file_name(part) or part.get_content_disposition() == "attachment":
            continue
        if kind == "text/plain":
            plains.append(_text(_payload(part), part.get_content_charset() or ""))
        elif kind == "text/html":
            pages.append(part)
    text = "\n".join(plains)
    if text.strip() or not pages:
        return text
    return "\n".join(web.read_text(_text(_payload(p), p.get_content_charset() or "")).text for p in pages)


def _leaves(message: Message) -> list[Message]:
    """The parts that hold something themselves, in order; a mail inside a mail is one of them."""
    found: list[Message] = []
    waiting = [message]
    while waiting:
        part = waiting.pop()
        inner = part.get_payload()
        if isinstance(inner, list) and part.get_content_type() != "message/rfc822":
            waiting.extend(reversed([p for p in inner if isinstance(p, Message)]))
        else:
            found.append(part)
    return found


def _file_name(part: Message) -> str:
    """The name a part is sent under, without folders."""
    name = part.get_filename() or ""
    return re.split(r"[\\/]", one_line(_decoded(name)))[-1].strip(". ")


def _attached(message: Message) -> list[tuple[str, bytes]]:
    found: list[tuple[str, bytes]] = []
    for part in _leaves(message):
        name = _file_name(part)
        inner = part.get_payload()
        mail = inner[0] if isinstance(inner, list) and inner else None
        if part.get_content_type() == "message/rfc822" and isinstance(mail, Message) and part is not message:
            subject = re.sub(r"[\\/]", "_", _header(mail, "Subject")[:80]) or "邮件"
            found.append((name or f"{subject}.eml", mail.as_bytes()))
        elif name or part.get_content_disposition() == "attachment":
            found.append((name or f"附件{len(found) + 1}", _payload(part)))
        if len(found) > MAX_ATTACHMENTS:
            raise DamagedFileError(KIND, f"附件超过 {MAX_ATTACHMENTS} 个")
    return found
