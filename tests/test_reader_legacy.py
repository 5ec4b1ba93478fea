"""Old Office files: turned into new ones by a converter, which may be absent, fail or hang; RTF; wrong suffixes."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from io import BytesIO
from pathlib import Path

import docx
import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from office import LOCKED, LOCKED_MESSAGE, OLE, check, damages, survives

from index.errors import JudianError
from index.readers import legacy
from index.readers.legacy import NoConverterError, convert, read

OLD = OLE + bytes(3000)

CONVERTER = """#!{python} -I
import sys
from pathlib import Path
arguments = sys.argv[1:]
kind = arguments[arguments.index("--convert-to") + 1]
folder = Path(arguments[arguments.index("--outdir") + 1])
source = Path(arguments[-1])
profile = next(a for a in arguments if a.startswith("-env:UserInstallation=file://"))
assert "--headless" in arguments and profile.endswith("/profile") and source.is_file()
folder.mkdir()
(folder / f"{{source.stem}}.{{kind}}").write_bytes(Path({made!r}).read_bytes())
Path({log!r}).write_text(str(source))
"""


def program(folder: Path, script: str) -> None:
    folder.mkdir(exist_ok=True)
    path = folder / "soffice"
    path.write_text(script)
    path.chmod(0o755)


@pytest.fixture
def on_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that is all of PATH."""
    folder = tmp_path / "程序 目录"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    return folder


def new_file() -> bytes:
    document = docx.Document()
    document.add_heading("一、旧文件里的标题", 1)
    document.add_paragraph("旧文件里的正文。")
    out = BytesIO()
    document.save(out)
    return out.getvalue()


@pytest.mark.parametrize("suffix", [".doc", ".DOC", ".wps", ".dot"])
def test_an_old_file_is_read_as_the_new_one_that_the_converter_writes(
    tmp_path: Path, on_path: Path, suffix: str
) -> None:
    (tmp_path / "made").write_bytes(new_file())
    log = tmp_path / "log"
    program(on_path, CONVERTER.format(python=sys.executable, made=str(tmp_path / "made"), log=str(log)))
    extract = read(OLD, suffix)
    assert extract.text == "一、旧文件里的标题\n旧文件里的正文。\n"
    assert [h.level for h in extract.headings] == [1]
    used = Path(log.read_text())
    assert used.name == f"source{suffix.lower()}"
    assert not used.parent.exists()


def test_without_a_converter_the_message_names_what_to_install(on_path: Path) -> None:
    with pytest.raises(NoConverterError) as error:
        read(OLD, ".doc")
    assert str(error.value) == (
        "读 .doc 文件要用 LibreOffice，这台机器上没有找到 soffice。"
        "请安装 LibreOffice（https://www.libreoffice.org），或用 Office、WPS 另存为 .docx 后再添加。"
    )


def test_a_converter_that_hangs_is_ended_with_all_it_started(tmp_path: Path, on_path: Path) -> None:
    child = tmp_path / "child"
    program(on_path, f"#!/bin/sh\n/bin/sleep 600 &\necho $! > '{child}'\n/bin/sleep 600\n")
    began = time.monotonic()
    with pytest.raises(JudianError, match="LibreOffice 转换超过 1 秒，已停止"):
        convert(OLD, ".doc", "docx", timeout=1)
    assert time.monotonic() - began < 30
    assert ended(int(child.read_text()))


def ended(process: int) -> bool:
    """Whether `process` is gone, or a zombie that nobody has asked after."""
    for _ in range(100):
        state = subprocess.run(["/bin/ps", "-o", "stat=", "-p", str(process)], capture_output=True, text=True).stdout
        if not state.strip() or state.startswith("Z"):
            return True
        time.sleep(0.05)
    return False


@pytest.mark.parametrize(
    "script",
    ["#!/bin/sh\nexit 1\n", "#!/bin/sh\nexit 0\n", "#!/没有这个程序\n"],
    ids=["fails", "writes nothing", "cannot run"],
)
def test_a_converter_that_fails_is_reported(on_path: Path, script: str) -> None:
    program(on_path, script)
    with pytest.raises(JudianError, match=r"LibreOffice (打不开它|启动不了)"):
        read(OLD, ".ppt")


def test_an_old_file_with_a_password_is_told_at_once(on_path: Path) -> None:
    word = OLE + bytes(504) + b"\xec\xa5" + bytes(9) + b"\x01" + bytes(1000)
    slides = OLE + bytes(800) + "EncryptedSummary".encode("utf-16-le") + bytes(1000)
    for data, suffix in ((word, ".doc"), (slides, ".ppt"), (LOCKED, ".doc")):
        with pytest.raises(JudianError) as error:
            read(data, suffix)
        assert str(error.value) == LOCKED_MESSAGE


def test_a_new_file_under_an_old_name_needs_no_converter(on_path: Path) -> None:
    assert read(new_file(), ".doc").text == "一、旧文件里的标题\n旧文件里的正文。\n"
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active.append(["地区", "产量"])
    book.active.append(["河南", 1])
    out = BytesIO()
    book.save(out)
    assert read(out.getvalue(), ".xls").text == "Sheet\n地区：河南；产量：1。\n"


def test_a_page_under_an_old_name_is_read_as_the_page(on_path: Path) -> None:
    assert (
        read("<html><meta charset=gb2312><p>网页存成的文档。</p></html>".encode("gbk"), ".doc").text
        == "网页存成的文档。\n"
    )


@pytest.mark.parametrize("data", [b"", b"plain text", bytes(range(256)) * 9], ids=["empty", "text", "binary"])
def test_what_is_no_old_file_is_refused_without_the_converter(on_path: Path, data: bytes) -> None:
    with pytest.raises(JudianError, match=r"内容不是 \.doc 文件"):
        read(data, ".doc")


def escaped(words: str) -> str:
    return "".join(f"\\'{b:02x}" if b > 127 else chr(b) for b in words.encode("gbk"))


def rich() -> bytes:
    table = "".join(
        f"\\trowd\\cellx1000\\cellx2000 {escaped(a)}\\cell {escaped(b)}\\cell\\row"
        for a, b in (("地区", "产量"), ("河南", "5638"))
    )
    words = f"\\pard\\b {escaped('工作报告')}\\b0\\par\n{escaped('各位代表：')}\\par\n\\u25105?\\u20195?{escaped('表政府作报告。')}\\par\n"
    fonts = f"{{\\fonttbl{{\\f0\\fnil\\fcharset134 {escaped('宋体')};}}}}{{\\info{{\\title {escaped('工作报告')}}}}}"
    return f"{{\\rtf1\\ansi\\ansicpg936\\deff0{fonts}{words}{table}\\pard {escaped('完')}\\par}}".encode("latin-1")


@pytest.mark.parametrize("suffix", [".rtf", ".doc"])
def test_rich_text_is_read_under_any_name(on_path: Path, suffix: str) -> None:
    extract = read(rich(), suffix)
    assert extract.text == "工作报告\n各位代表：\n我代表政府作报告。\n地区：河南；产量：5638。\n完\n"
    assert extract.title == "工作报告"
    check(extract)


def test_rich_text_is_read_by_the_converter_when_there_is_one(tmp_path: Path, on_path: Path) -> None:
    (tmp_path / "made").write_bytes(new_file())
    program(on_path, CONVERTER.format(python=sys.executable, made=str(tmp_path / "made"), log=str(tmp_path / "log")))
    assert read(rich(), ".rtf").text == "一、旧文件里的标题\n旧文件里的正文。\n"
    program(on_path, "#!/bin/sh\nexit 1\n")
    assert read(rich(), ".rtf").text.startswith("工作报告\n各位代表：\n")


def test_rich_text_without_words_is_refused() -> None:
    with pytest.raises(JudianError, match="没有可以检索的文字"):
        read(b"{\\rtf1\\ansi\\ansicpg936 }", ".rtf")


bounded = settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))


@bounded
@given(damages(rich()))
def test_any_damaged_rich_text_is_read_or_refused(data: bytes) -> None:
    environment = os.environ.pop("PATH", "")
    try:
        survives(lambda content: read(content, ".rtf"), data)
    finally:
        os.environ["PATH"] = environment


def test_the_time_for_one_file_is_bounded() -> None:
    assert legacy.CONVERT_TIMEOUT <= 300
