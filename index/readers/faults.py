"""What a library raises over a bad file -> an error in Chinese that says what happened and what mends it."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager

from index.errors import JudianError


class EmptyFileError(JudianError):
    """The file is sound and holds no words."""

    def __init__(self) -> None:
        super().__init__("文件里没有可以检索的文字（可能是空文件，或内容全是图片）。")


class LockedFileError(JudianError):
    """The file is encrypted with a password."""

    def __init__(self) -> None:
        super().__init__("文件有密码，读不了。请先去掉密码另存，再添加。")


class DamagedFileError(JudianError):
    """The bytes are not a whole file of the kind that the name promises."""

    def __init__(self, kind: str, reason: str) -> None:
        super().__init__(f"{kind}读不了：{reason}。请用办公软件打开，确认内容后另存一份再添加。")


@contextmanager
def guarded(kind: str) -> Iterator[None]:
    """Within it, any failure of a library comes out as a DamagedFileError, and its warnings go nowhere."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    except JudianError:
        raise
    except Exception as error:
        reason = " ".join(f"{type(error).__name__} {error}".split())[:80]
        raise DamagedFileError(kind, f"文件不完整或已损坏（{reason}）") from error
