"""Bytes of a .txt or .md file -> its text, whatever Chinese encoding it was saved in."""

from __future__ import annotations

import codecs
import unicodedata

from charset_normalizer import from_bytes

from index.errors import JudianError
from index.extract import Extract

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CHINESE = ("gb18030", "big5", "utf-16-le", "utf-16-be")


class NotTextError(JudianError):
    """The bytes are no text in any encoding that Chinese offices use."""


def read(data: bytes) -> Extract:
    """The text of `data`. Raises NotTextError for binary or empty content."""
    return Extract(decode(data))


def decode(data: bytes) -> str:
    """Text of `data`; line ends are folded to \\n. Raises NotTextError for binary or empty content."""
    text = _decode(data).replace("\r\n", "\n").replace("\r", "\n")
    if not text.strip():
        raise NotTextError("文件是空的，没有可以检索的文字。")
    controls = sum(unicodedata.category(c) in ("Cc", "Cn", "Co") for c in text if c not in "\n\t\f\v")
    if controls > len(text) * 0.01:
        raise NotTextError("文件内容不是文本（可能是改了后缀的二进制文件），没有收录。")
    return text


def _decode(data: bytes) -> str:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _strict(data, encoding)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        best = from_bytes(data, cp_isolation=list(_CHINESE)).best()
    if best is None:
        raise NotTextError("无法识别文件的编码。请另存为 UTF-8 文本后再添加。")
    return _strict(data, best.encoding)


def _strict(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise NotTextError(
            f"文件按 {encoding} 解码到第 {error.start} 字节处失败。请另存为 UTF-8 文本后再添加。"
        ) from error
