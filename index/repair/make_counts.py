"""Text files -> index/repair/counts.npz: the counts of character runs that general knowledge of Chinese rests on.

Run by hand when the table is to be made anew. Every `--leave`-th line is left out, for measuring.
"""

from __future__ import annotations

import argparse
import re
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from index.folding import fold
from index.repair.counts import ORDER, STEPS, TABLE, hashed

LEAST = {2: 3, 3: 3, 4: 4, 5: 6}  # a run seen fewer times is left out
_SIGNS = {
    c: group[0]
    for group in ("，,", "。.．", "！!", "？?", "：:", "；;", "（()）", "“”\"‘’'「」『』", "、", "《》〈〉")
    for c in group
}
_SPACE = re.compile(r"[ \t\r\u3000\xa0]+")


def main(arguments: list[str] | None = None) -> int:
    """Count, cut, write."""
    parser = argparse.ArgumentParser(prog="python -m index.repair.make_counts", description="由文本生成字串频次表")
    parser.add_argument("texts", nargs="+", type=Path, metavar="文本", help="每行一篇")
    parser.add_argument(
        "--leave", type=int, nargs="*", default=[7, 13], metavar="N", help="行号除以 20 余 N 的留作评测，不计入"
    )
    options = parser.parse_args(arguments)
    lines: dict[str, None] = {}
    for path in options.texts:
        numbered = enumerate(path.read_text(encoding="utf-8").split("\n"))
        lines |= dict.fromkeys(line for n, line in numbered if n % 20 not in options.leave)
    text = _SPACE.sub("", "\n".join(lines))
    codes = np.minimum(np.frombuffer(text.encode("utf-32-le"), np.uint32), 0xFFFF)
    symbols, letters = _alphabet(np.bincount(codes, minlength=1 << 16))
    table = _table(symbols[codes].astype(np.int64), len(letters))
    table |= {"letters": np.array("".join(letters)), **_runs_of(symbols)}
    np.savez_compressed(TABLE, allow_pickle=False, **table)
    print(f"{TABLE}：{len(text)} 字，{TABLE.stat().st_size} 字节")
    return 0


def symbol_of(character: str) -> str:
    """What a character is counted as."""
    folded = fold(character)[:1] or "#"
    if character == "\n":
        return character
    if folded in _SIGNS:
        return _SIGNS[folded]
    if "\u3400" <= folded <= "\u9fff":
        return folded
    if folded.isdigit():
        return "0"
    return "a" if folded.isascii() and folded.isalpha() else "#"


def _alphabet(seen: NDArray[np.int64]) -> tuple[NDArray[np.uint16], list[str]]:
    """The symbol of every code, and the characters that stand for the symbols from 1 on, most frequent first."""
    kinds: dict[str, int] = {}
    for code in np.flatnonzero(seen):
        kind = symbol_of(chr(code))
        kinds[kind] = kinds.get(kind, 0) + int(seen[code])
    letters = [kind for kind, count in sorted(kinds.items(), key=lambda item: -item[1]) if count >= 2]
    numbers = {kind: n + 1 for n, kind in enumerate(letters)}
    codes = [c for c in range(1 << 16) if not 0xD800 <= c < 0xE000]
    symbols = np.zeros(1 << 16, np.uint16)
    symbols[codes] = [numbers.get(symbol_of(chr(c)), 0) for c in codes]
    return symbols, letters


def _table(ids: NDArray[np.int64], size: int) -> dict[str, NDArray[np.generic]]:
    table: dict[str, NDArray[np.generic]] = {"single": np.bincount(ids, minlength=size + 1).astype(np.float32)}
    keys, counts = np.unique(ids[:-1] << 16 | ids[1:], return_counts=True)
    keys, counts = keys[counts >= LEAST[2]], counts[counts >= LEAST[2]]
    table["followers"] = np.bincount(keys >> 16, minlength=size + 1).astype(np.uint16)
    table |= {"seconds": (keys & 0xFFFF).astype(np.uint16), "pairs": _stored(counts)}
    for n in range(3, ORDER + 1):
        runs, counts = np.unique(hashed([ids[j : len(ids) - n + 1 + j] for j in range(n)]), return_counts=True)
        runs, counts = runs[counts >= LEAST[n]], counts[counts >= LEAST[n]]
        table[f"buckets{n}"] = np.bincount(runs >> 16, minlength=1 << 16).astype(np.uint8)
        table |= {f"low{n}": (runs & 0xFFFF).astype(np.uint16), f"runs{n}": _stored(counts)}
    return table


def _stored(counts: NDArray[np.int64]) -> NDArray[np.uint8]:
    return np.minimum(np.round(np.log2(counts) * STEPS), 255).astype(np.uint8)


def _runs_of(symbols: NDArray[np.uint16]) -> dict[str, NDArray[np.generic]]:
    edges = np.flatnonzero(np.diff(symbols.astype(np.int64), prepend=-1))
    return {"symbols": symbols[edges], "spans": np.diff(np.append(edges, len(symbols)))}


if __name__ == "__main__":
    raise SystemExit(main())
