"""An answer and its reference answers -> exact match, character F1, ROUGE-L. Pure.

Segments: every Chinese character by itself, runs of letters and numbers as words; signs do not count.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

_SIGNS = frozenset("-:_*^/\\~`+=，。：？！“”；’《》·、「」（）－～『』")  # those of the CMRC 2018 scorer
_DROP_SIGNS = str.maketrans(dict.fromkeys(_SIGNS, ""))
_SEGMENT = re.compile(r"[\u4e00-\u9fa5]|[^\W\u4e00-\u9fa5]+(?:[.,][0-9]+)*|\S")


def exact_match(prediction: str, answers: Sequence[str]) -> float:
    """1 when the prediction equals an answer, both lower-cased and without signs, else 0.

    The rule of the CMRC 2018 scorer (Cui et al. 2019, EMNLP, arXiv:1810.07366), also used for CJRC.
    """
    said = _bare(prediction)
    return float(any(said == _bare(answer) for answer in answers))


def char_f1(prediction: str, answers: Sequence[str]) -> float:
    """The best F1 over the answers: with L the longest run of segments that both hold,
    P = L / |prediction|, R = L / |answer|, F1 = 2PR / (P + R).

    The rule of the CMRC 2018 scorer, which counts one unbroken common run. Its words in Latin letters
    are cut by NLTK; here runs of letters and numbers are words, the same for all but clitics such as “don't”.
    """
    said = segments(prediction)
    return max((_f1(_longest_run(said, own), said, own) for own in map(segments, answers)), default=0.0)


def rouge_l(prediction: str, answers: Sequence[str]) -> float:
    """The best ROUGE-L over the answers: with L the length of the longest common subsequence of segments,
    P = L / |prediction|, R = L / |answer|, F = 2PR / (P + R) (Lin 2004, ACL workshop; β = 1)."""
    said = segments(prediction)
    return max((_f1(_longest_subsequence(said, own), said, own) for own in map(segments, answers)), default=0.0)


def segments(text: str) -> list[str]:
    """The segments of a text, lower-cased, in order."""
    return _SEGMENT.findall(_bare(text))


def _bare(text: str) -> str:
    return text.lower().strip().translate(_DROP_SIGNS)


def _f1(common: int, said: Sequence[str], wanted: Sequence[str]) -> float:
    return 2 * common / (len(said) + len(wanted)) if common else 0.0


def _longest_run(left: Sequence[str], right: Sequence[str]) -> int:
    """Length of the longest unbroken run of segments in both."""
    best, row = 0, [0] * (len(right) + 1)
    for mine in left:
        row = [0, *(row[n] + 1 if mine == theirs else 0 for n, theirs in enumerate(right))]
        best = max(best, *row)
    return best


def _longest_subsequence(left: Sequence[str], right: Sequence[str]) -> int:
    row = [0] * (len(right) + 1)
    for mine in left:
        above, row = row, [0]
        for n, theirs in enumerate(right):
            row.append(above[n] + 1 if mine == theirs else max(above[n + 1], row[n]))
    return row[-1]
