"""python -m tests.browser.screenshot [--store DIR] [--all DIR]: docs/screenshot.png from the real window and model.

With --all every main state is written to DIR too, to be looked at: light and dark, desktop and phone.
"""

from __future__ import annotations

import argparse
import shutil
import socket
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).parents[2]
QUESTION = "国家级战略性新兴产业集群占全国比重是多少？"
FIRST = "新时代推动中部地区崛起座谈会是什么时候召开的？"
DECLINED = "文档里写了2030年的人均住房面积吗？"


def main() -> None:
    """Start ui.py, take the pictures, stop it."""
    parser = argparse.ArgumentParser(description="用真实窗口和模型拍 docs/screenshot.png")
    parser.add_argument("--store", default="store", metavar="文件夹")
    parser.add_argument("--all", type=Path, metavar="文件夹", help="另存全部主要状态")
    options = parser.parse_args()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-u", "ui.py", "--store", options.store, "--port", str(port)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process, sync_playwright() as p:
        assert process.stdout
        next(line for line in process.stdout if "模型已就绪" in line)
        args = ["--no-sandbox", "--disable-gpu", "--force-color-profile=srgb"]
        browser = p.chromium.launch(executable_path=shutil.which("chromium"), args=args)
        page = open_page(browser, port, 1360, 850, "light")
        ask(page, FIRST, 1)
        ask(page, QUESTION, 2)
        page.locator("#jd-chat .jd-chip").last.click()
        settle(page)
        page.screenshot(path=ROOT / "docs" / "screenshot.png")
        if options.all:
            options.all.mkdir(parents=True, exist_ok=True)
            take_all(browser, port, options.all)
        browser.close()
        process.kill()


def take_all(browser: Browser, port: int, folder: Path) -> None:
    """Each main state, as light or dark and desktop or phone show it."""
    for name, width, height in (("desktop", 1280, 800), ("phone", 360, 740)):
        for scheme in ("light", "dark"):
            page = open_page(browser, port, width, height, scheme)

            def take(state: str, page: Page = page, prefix: str = f"{name}-{scheme}") -> None:
                settle(page)
                page.screenshot(path=folder / f"{prefix}-{state}.png")

            take("1-empty")
            ask(page, QUESTION, 1)
            take("2-answer")
            page.locator("#jd-chat .jd-chip").last.click()
            take("3-source")
            page.keyboard.press("Escape")
            ask(page, DECLINED, 2)
            take("4-declined")
            page.fill("#jd-box textarea", "长" * 3000)
            page.press("#jd-box textarea", "Enter")
            page.wait_for_selector("#jd-chat .jd-error")
            take("5-error")
            page.context.close()


def open_page(browser: Browser, port: int, width: int, height: int, scheme: str) -> Page:
    """A tab with the window in it."""
    context = browser.new_context(
        viewport={"width": width, "height": height},
        locale="zh-CN",
        color_scheme="dark" if scheme == "dark" else "light",
    )
    page = context.new_page()
    page.goto(f"http://127.0.0.1:{port}")
    page.wait_for_selector("#jd-box textarea")
    return page


def ask(page: Page, question: str, turn: int) -> None:
    """Ask, and wait for the answer of that turn."""
    page.fill("#jd-box textarea", question)
    page.press("#jd-box textarea", "Enter")
    page.locator("#jd-chat .jd-foot").nth(turn - 1).wait_for(timeout=300_000)


def settle(page: Page) -> None:
    """Let fonts and scrolling come to rest."""
    page.mouse.move(0, 0)
    page.wait_for_timeout(900)


if __name__ == "__main__":
    main()
