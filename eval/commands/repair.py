"""python -m eval repair: are damaged characters found and read right, and is sound text left alone."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from index.errors import JudianError

if TYPE_CHECKING:
    from eval.commands.options import Commands
    from index.reading import Repair

Run = Callable[[str], Sequence["Repair"]]


def add(commands: Commands[argparse.ArgumentParser]) -> None:
    """The command `repair`."""
    about = "测疑误字的提示：句对上的准确与召回，手列误字找到几处，好文本上误报几处"
    sub = commands.add_parser("repair", help=about, description=about)
    sub.add_argument("--pairs", type=Path, metavar="文件", help="句对，每行“个数、误、正”三栏")
    sub.add_argument("--out", type=Path, metavar="文件夹", help="句对的结果写在哪里（repair.json）")
    sub.add_argument("--text", type=Path, metavar="文件", help="有误字的文档")
    sub.add_argument("--places", type=Path, metavar="文件", help="这篇文档的误字表，每行“上文、误、正、下文”四栏")
    sub.add_argument("--from", dest="begin", metavar="文字", help="误字从这段文字开始；在它之前的误报另计")
    sub.add_argument("--sound", type=Path, nargs="+", metavar="文件", help="没有误字的文本，每行一篇")
    sub.add_argument("--every", type=int, nargs=2, metavar=("N", "K"), help="--sound 只用行号除以 N 余 K 的各行")
    sub.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    if not (options.pairs or options.sound or (options.text and options.places)):
        raise JudianError("没有给出要测的东西。请给出 --pairs，或 --text 与 --places，或 --sound。")
    if options.pairs:
        _pairs(options)
    if options.text and options.places:
        _places(options)
    if options.sound:
        _sound(options)
    return 0


def _proposer() -> Run:
    from index.repair.propose import propose
    from index.repair.words import Words

    return lambda text: propose(text, Words([text]))


def _pairs(options: argparse.Namespace) -> None:
    from eval.files import make_folder, write_whole
    from eval.repair.pairs import halves, judge, read_pairs, show

    tuned, reported = halves(read_pairs(options.pairs))
    report = {name: judge(half, _proposer()) for name, half in (("tuned", tuned), ("reported", reported)) if half}
    for name, figures in report.items():
        print(show({"tuned": "调参的一半", "reported": "报告的一半"}[name], figures))
    if options.out:
        make_folder(options.out)
        write_whole(options.out / "repair.json", json.dumps(report, ensure_ascii=False, indent=1) + "\n")
        print(f"结果：{options.out / 'repair.json'}")


def _places(options: argparse.Namespace) -> None:
    from eval.repair.places import compare, read_places
    from index.cleaning import clean
    from index.documents import document
    from index.reading import APPLIED

    extract = document(options.text.name, str(options.text), _bytes(options.text)).extract
    text = clean(extract.text, extract.layout, extract.pages).text
    places = read_places(options.places, text)
    repairs = _proposer()(text)
    for least in sorted({0.6, 0.7, 0.8, APPLIED}):
        found = compare(places, repairs, least)
        before = sum(r.start < text.find(options.begin or "\0") for r in found.false)
        print(
            f"≥ {least}：误字 {found.places} 处，找到 {found.found}，读对 {found.right}，误报 {len(found.false)}（其中在“{options.begin}”之前 {before}）"
        )
    for repair in compare(places, repairs, APPLIED).false:
        print(f"  误报：{_told(text, repair)}")


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise JudianError(f"读不了 {path}：{error.strerror}。请检查路径。") from error


def _sound(options: argparse.Namespace) -> None:
    import time

    from index.reading import APPLIED

    propose, characters, applied, begun = _proposer(), 0, [], time.perf_counter()
    for path in options.sound:
        lines = path.read_text(encoding="utf-8").splitlines()
        chosen = (
            [x for n, x in enumerate(lines) if n % options.every[0] == options.every[1]]
            if options.every
            else ["\n".join(lines)]
        )
        for text in chosen:
            characters += len(text)
            applied += [_told(text, r) for r in propose(text) if r.confidence >= APPLIED]
    seconds = time.perf_counter() - begun
    rate = f"每 {characters // len(applied)} 字一处" if applied else "没有误报"
    print(f"好文本 {characters} 字，改 {len(applied)} 处，{rate}；每秒 {characters / seconds:.0f} 字")
    print("\n".join(f"  {line}" for line in applied))


def _told(text: str, repair: Repair) -> str:
    before, after = text[max(0, repair.start - 10) : repair.start], text[repair.end : repair.end + 10]
    told = f"{before}〔{text[repair.start : repair.end]}→{repair.reading}〕{after}  {repair.confidence:.3f}  {repair.evidence}"
    return told.replace("\n", "↵")
