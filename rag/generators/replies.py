"""The first token of a reply, and what else it might have been -> how probable each option is. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

BY_TEXT = 0.9  # for the option that a reply begins with, where nothing else is known
UNSEEN = 1e-6  # for an option that is not among the tokens told


def by_tokens(tokens: Iterable[tuple[str, float]], options: Sequence[str]) -> list[float] | None:
    """From (token, log probability): a token speaks for the one option that it begins, or that it begins with.

    Sums to 1, in the order of the options; None when no token speaks for any.
    """
    found = [0.0] * len(options)
    for token, logarithm in tokens:
        meant = [n for n, option in enumerate(options) if begins(token, option)]
        if len(meant) == 1:
            found[meant[0]] += math.exp(min(logarithm, 0.0))
    if not any(found):
        return None
    return _normal([max(p, UNSEEN) for p in found])


def by_text(reply: str, options: Sequence[str]) -> list[float]:
    """From the reply alone: BY_TEXT for the one option that it begins with; all alike when there is none. Sums to 1."""
    meant = [n for n, option in enumerate(options) if begins(reply, option)]
    if len(meant) != 1 or len(options) == 1:
        return [1 / len(options)] * len(options)
    rest = (1 - BY_TEXT) / (len(options) - 1)
    return [BY_TEXT if n == meant[0] else rest for n in range(len(options))]


def begins(text: str, option: str) -> bool:
    """Whether one of the two is the beginning of the other; nothing begins nothing."""
    bare = text.strip()
    return bool(bare) and (option.startswith(bare) or bare.startswith(option))


def _normal(values: Sequence[float]) -> list[float]:
    total = sum(values)
    return [v / total for v in values]
