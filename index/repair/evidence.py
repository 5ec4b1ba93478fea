"""A reading in its place -> what speaks for it, in Chinese. Pure."""

from __future__ import annotations

from index.repair.words import LONGEST, Words

SHORTEST = 3  # characters of a run worth quoting
ALIKE = 0.35  # likeness worth naming


def evidence(text: str, place: int, likeness: float, words: Words) -> str:
    """What speaks for the character at `place` of `text`."""
    said = []
    if likeness >= ALIKE:
        said.append(f"字形相近 {likeness:.2f}".replace("0.", "."))
    run = _run(text, place, words)
    if run:
        said.append(f"本文“{run}”出现 {words.count(run)} 次")
    return "，".join(said or ["按常用字串更通顺"])


def _run(text: str, place: int, words: Words) -> str:
    """The longest run of Chinese characters through the place that the corpus has; of equals the commonest."""
    for length in range(LONGEST, SHORTEST - 1, -1):
        runs = [text[s : s + length] for s in range(max(0, place - length + 1), min(place, len(text) - length) + 1)]
        known = [(words.count(run), run) for run in runs if all("\u4e00" <= c <= "\u9fff" for c in run)]
        if known and max(known)[0] > 0:
            return max(known)[1]
    return ""
