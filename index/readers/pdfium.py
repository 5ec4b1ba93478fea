"""Bytes of a pdf -> its pages as runs of glyphs, rules and pixels, read in a process of their own.

pdfium is C++ and a pdf may come from anywhere: a crash, an endless loop or a bomb ends that process, not this one.
"""

from __future__ import annotations

import json
import os
import struct
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

from index.errors import JudianError
from index.readers.layout import Page, Rule, Run

OPEN_SECONDS = 60  # until the table of pages is known
PAGE_SECONDS = 40  # for the glyphs or the picture of one page
FILE_SECONDS = 900  # for all pages of one file together
_WORKER = Path(__file__).with_name("pdfium_worker.py")


class PdfError(JudianError):
    """The pdf cannot be read."""


class PageError(PdfError):
    """One page cannot be read; the others may be."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A page drawn in shades of grey, row by row, a byte a pixel."""

    width: int
    height: int
    pixels: bytes


class Pdfium:
    """An open pdf. Raises PdfError when it is locked or damaged, PageError for a page that cannot be read."""

    def __init__(self, data: bytes) -> None:
        self._data, self._left = data, float(FILE_SECONDS)
        self._open()

    def _open(self) -> None:
        self._start()
        try:
            self._greet()
        except BaseException:  # an interrupt, too, must not leave the process behind
            self.close()
            raise

    def _start(self) -> None:
        environment = {**os.environ, "PYTHONIOENCODING": "utf-8"}
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-W", "ignore", str(_WORKER)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment,
        )  # fmt: skip

    def _greet(self) -> None:
        try:
            about, _ = self._exchange(struct.pack(">Q", len(self._data)) + self._data, OPEN_SECONDS)
        except PageError as error:
            raise PdfError("PDF 文件已损坏，打不开。请用 PDF 阅读器打开后另存，再添加。") from error
        if "error" in about:
            raise PdfError(
                "PDF 有打开密码，读不出文字。请用密码打开，另存为没有密码的 PDF 后再添加。"
                if about["error"] == "password"
                else "PDF 文件已损坏或不完整，打不开。请重新下载，或用 PDF 阅读器打开后另存，再添加。"
            )
        self.pages: int = about["pages"]
        self.title: str = about["title"]
        self.outline: list[tuple[int, str, int]] = [(n, str(t), p) for n, t, p in about["outline"]]

    def page(self, number: int) -> Page:
        """Page `number`, counted from 0."""
        answer, _ = self._ask("page", number)
        runs = [Run(r["text"], tuple(r["x0"]), tuple(r["x1"]), r["y"], *r["style"]) for r in answer["runs"]]
        rules = [Rule(*r) for r in answer["rules"]]
        return Page(answer["width"], answer["height"], runs, rules, answer["pictures"], answer["marks"])

    def picture(self, number: int) -> Picture:
        """Page `number` as it would be printed, its longer side 2400 pixels."""
        answer, pixels = self._ask("render", number)
        return Picture(answer["width"], answer["height"], pixels)

    def _ask(self, command: str, number: int) -> tuple[dict[str, Any], bytes]:
        if self._process.poll() is not None:  # the page before ended it
            self.close()
            self._open()
        answer, pixels = self._exchange(json.dumps([command, number]).encode() + b"\n", PAGE_SECONDS)
        if "error" in answer:
            raise PageError(f"PDF 第 {number + 1} 页已损坏，读不出来。")
        return answer, pixels

    def _exchange(self, message: bytes, seconds: float) -> tuple[dict[str, Any], bytes]:
        """Send and wait for the answer; the process is ended after `seconds`, and so is a file that took too long."""
        if self._left <= 0:
            raise PdfError(f"PDF 读了 {FILE_SECONDS // 60} 分钟还没有读完，没有收录。请拆成几个文件再添加。")
        started = time.monotonic()
        try:
            return self._answer(message, seconds)
        finally:
            self._left -= time.monotonic() - started

    def _answer(self, message: bytes, seconds: float) -> tuple[dict[str, Any], bytes]:
        stdin, stdout = self._process.stdin, self._process.stdout
        assert stdin is not None
        assert stdout is not None
        timer = threading.Timer(seconds, self._process.kill)
        timer.start()
        try:
            stdin.write(message)
            stdin.flush()
            body, pixels = struct.unpack(">QQ", stdout.read(16))
            return json.loads(stdout.read(body)), stdout.read(pixels)
        except (OSError, ValueError, struct.error) as error:
            self._process.kill()
            self._process.wait()  # the next page is asked of a new one
            raise PageError(f"读 PDF 的进程在 {seconds:.0f} 秒内没有读完，或中途退出。") from error
        finally:
            timer.cancel()
            timer.join()

    def close(self) -> None:
        """End the process."""
        self._process.kill()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                try:
                    pipe.close()
                except OSError:  # what was not yet sent has nobody to read it
                    continue
        self._process.wait()

    def __enter__(self) -> Pdfium:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()
