"""Passages of the store -> a few questions that they answer, to start a conversation with. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from itertools import zip_longest

Named = tuple[str, str, str]  # document, section, display text of a passage

FAMILIAR = 3  # a character seen less often in the collection may be damaged
LARGE = 3000  # characters; in a smaller collection every character is rare

_ARTICLE = re.compile(r"第[一二三四五六七八九十百\d]{1,4}[篇编讲]")
_HEADING_NUMBER = re.compile(r"^(?:[（(][^）)]{1,4}[）)]|[一二三四五六七八九十\d]{1,3}[、.．]|第[^\s]{1,4}[章节条]\s*)")
_MEETING = re.compile(
    r"\d{1,2}月\d{1,2}日[^。！？\n]{0,30}?召开(?:了)?((?:(?!召开)[^，,。！？；;、“”\n]){4,26}?(?:会议|座谈会|大会|论坛|全会))"
)
_FIGURE = re.compile(
    r"(?:^|[，,。；;！？\n])([^，,。；;！？\n\d“”（）()、：:]{4,32}?)"
    r"(?:(分别)?(?:达到?|约?为|稳定在|超过)(?:了|约)?|(增长|提高|下降|降低)(?:了|约)?)\s*\d+(?:\.\d+)?\s*(?:%|％|个百分点|万|亿)"
)
_GOAL = re.compile(r"(?:^|[，,。；;！？\n“])到(20\d\d)年[，,底]?[^。！？\n]{0,30}(?:实现|取得|达到|建成|形成)")


def example_questions(passages: Sequence[Named], count: int = 4) -> tuple[str, ...]:
    """At most `count` different questions in Chinese, of as many kinds as the text allows.

    Words that hold a character rare in this collection are passed over, so that damaged text is not asked about.
    """
    known = _familiar("".join(text for _, _, text in passages))
    kinds = [sorted(dict.fromkeys(kind(passages)), key=known, reverse=True) for kind in _KINDS]
    questions = (q for row in zip_longest(*kinds) for q in row if q and known(q) > 0)
    chosen = list(dict.fromkeys(questions))[:count]
    return tuple(chosen or [f"《{name}》主要讲了什么？" for name in _stems(passages)][:count])


def _meetings(passages: Sequence[Named]) -> Iterator[str]:
    for _, _, text in passages:
        yield from (f"{m.group(1)}是什么时候召开的？" for m in _MEETING.finditer(text))


def _figures(passages: Sequence[Named]) -> Iterator[str]:
    for _, _, text in passages:
        for m in _FIGURE.finditer(text):
            subject, several, change = m.groups()
            yield f"{subject}{several or ''}{change + '了' if change else '是'}多少？"


def _headings(passages: Sequence[Named]) -> Iterator[str]:
    for _, section, _ in passages:
        title = _HEADING_NUMBER.sub("", section.split(" · ")[-1]).strip()
        if 5 <= len(title) <= 24 and not _ARTICLE.match(title):
            yield f"“{title}”包括哪些内容？"


def _goals(passages: Sequence[Named]) -> Iterator[str]:
    for _, _, text in passages:
        yield from (f"到{m.group(1)}年要实现什么目标？" for m in _GOAL.finditer(text))


def _articles(passages: Sequence[Named]) -> Iterator[str]:
    """Articles, the longest of them first; with the document's name where several documents have articles."""
    sizes: Counter[tuple[str, str]] = Counter()
    for document, section, text in passages:
        if m := _ARTICLE.match(section):
            sizes[document, m.group()] += len(text)
    several = len({document for document, _ in sizes}) > 1
    for (document, article), _ in sizes.most_common():
        yield f"《{_stem(document)}》{article}主要讲了什么？" if several else f"{article}主要讲了什么？"


_KINDS: tuple[Callable[[Sequence[Named]], Iterator[str]], ...] = (_meetings, _figures, _headings, _goals, _articles)


def _familiar(text: str) -> Callable[[str], float]:
    """How much of a question the collection says elsewhere too, 0..1; 0 when it holds a rare character."""
    letters, pairs = Counter(text), Counter(text[i : i + 2] for i in range(len(text) - 1))
    asking = set(
        "“”《》是什么时候召开的分别多少包括哪些内容到要实现目标主讲了提高增长下降低？第篇编一二三四五六七八九十百"
    )

    def known(question: str) -> float:
        if len(text) >= LARGE and any(letters[c] < FAMILIAR for c in question if c not in asking):
            return 0.0
        own = [question[i : i + 2] for i in range(len(question) - 1)]
        return (1 + sum(pairs[p] > 1 for p in own)) / (1 + len(own))

    return known


def _stems(passages: Sequence[Named]) -> list[str]:
    return [_stem(d) for d in dict.fromkeys(document for document, _, _ in passages)]


def _stem(document: str) -> str:
    return re.sub(r"\.[A-Za-z0-9]{1,8}$", "", document.rsplit("/", 1)[-1])
