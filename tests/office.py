"""Helpers of the tests of office readers: packages with parts replaced, damaged bytes, what holds for every Extract."""

from __future__ import annotations

import itertools
import zipfile
from collections.abc import Callable
from io import BytesIO

from hypothesis import strategies as st

from index.cleaning import clean
from index.errors import JudianError
from index.extract import Extract
from index.passages import split

OLE = bytes.fromhex("d0cf11e0a1b11ae1")
LOCKED = OLE + bytes(600) + "EncryptedPackage".encode("utf-16-le") + bytes(600)
LOCKED_MESSAGE = "文件有密码，读不了。请先去掉密码另存，再添加。"
EMPTY_MESSAGE = "文件里没有可以检索的文字（可能是空文件，或内容全是图片）。"


def edited(package: bytes, parts: dict[str, bytes | None]) -> bytes:
    """The zip `package` with some parts replaced or added; None takes one out."""
    out = BytesIO()
    with zipfile.ZipFile(BytesIO(package)) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        kept = {n: source.read(n) for n in source.namelist()} | parts
        for name, part in kept.items():
            if part is not None:
                target.writestr(name, part)
    return out.getvalue()


def part(package: bytes, name: str) -> bytes:
    """One part of the zip `package`."""
    with zipfile.ZipFile(BytesIO(package)) as archive:
        return archive.read(name)


def damages(data: bytes) -> st.SearchStrategy[bytes]:
    """`data` cut short, or with some bytes overwritten."""
    place = st.integers(0, len(data) - 1)
    flips = st.lists(st.tuples(place, st.integers(0, 255)), min_size=1, max_size=8)

    def flipped(changes: list[tuple[int, int]]) -> bytes:
        changed = bytearray(data)
        for at, value in changes:
            changed[at] = value
        return bytes(changed)

    return st.one_of(place.map(lambda at: data[:at]), flips.map(flipped))


def damaged_parts(package: bytes, name: str) -> st.SearchStrategy[bytes]:
    """The zip `package`, sound as a zip, with one part damaged."""
    return damages(part(package, name)).map(lambda damaged: edited(package, {name: damaged}))


def check(extract: Extract) -> None:
    """What holds for the Extract of every reader."""
    text = extract.text
    text.encode()
    edges = [place for span in extract.layout for place in span]
    assert edges == sorted(edges)
    assert all(0 <= start < end <= len(text) for start, end in extract.layout)
    ends = [(h.start, h.end) for h in extract.headings]
    assert all(0 <= s < e <= len(text) and text[s:e] == text[s:e].strip() and "\n" not in text[s:e] for s, e in ends)
    assert all(text[s - 1 : s] in ("", "\n") and text[e : e + 1] == "\n" for s, e in ends)
    assert all(a[1] < b[0] for a, b in itertools.pairwise(ends))
    assert all(1 <= h.level <= 9 for h in extract.headings)
    assert all(a < b for a, b in itertools.pairwise(extract.pages))
    assert not extract.pages or (extract.pages[0] == 0 and extract.pages[-1] < len(text))
    split(clean(text, extract.layout, extract.pages), extract.headings, extract.pages)


def survives(read: Callable[[bytes], Extract], data: bytes) -> None:
    """Reads `data`: an Extract that holds, or an error in Chinese, and nothing else."""
    try:
        extract = read(data)
    except JudianError as error:
        message = str(error)
    else:
        return check(extract)
    assert any("\u4e00" <= c <= "\u9fff" for c in message)
