"""Seeds + writer + queue -> proposals, one by one, each kept at once; what was tried is never tried again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from eval.drafting.proposals import Proposal
from eval.drafting.queue import Queue
from eval.drafting.seeds import Place, Seed, draw
from eval.drafting.spans import Kind
from eval.drafting.writer import DroppedError, Writer
from eval.measures.intervals import SEED

SHARES: Mapping[Kind, float] = {"factoid": 0.4, "list": 0.25, "why_how": 0.2, "false_premise": 0.15}
"""Of the questions that are not unanswerable; a kind that runs out leaves its share to the others."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """What came of one seed: a proposal, or why there is none."""

    seed: Seed
    proposal: Proposal | None
    dropped: str


def draft(
    seeds: Mapping[Kind, Sequence[Seed]],
    writer: Writer,
    queue: Queue,
    count: int,
    unanswerable: float,
    asked: Mapping[Place, int],
    kinds: Mapping[str, int],
) -> Iterator[Attempt]:
    """Attempts until `count` proposals are kept or nothing is left to ask.

    `asked` counts the questions that exist by place, `kinds` by kind: what has none comes first.
    """
    tried = queue.tried()
    streams = {k: iter([s for s in draw(found, asked, SEED) if s.key not in tried]) for k, found in seeds.items()}
    wanted = _wanted(count, unanswerable)
    kept: Counter[str] = Counter()
    while sum(kept.values()) < count and streams:
        kind = min(streams, key=lambda k: (kept[k] - wanted.get(k, 0), kinds.get(k, 0), list(seeds).index(k)))
        seed = next(streams[kind], None)
        if seed is None:
            del streams[kind]
            continue
        attempt = _attempt(seed, writer)
        if attempt.proposal:
            queue.add([attempt.proposal])
            kept[kind] += 1
        queue.mark_tried(seed.key, attempt.dropped or "proposed")
        yield attempt


def _attempt(seed: Seed, writer: Writer) -> Attempt:
    try:
        return Attempt(seed, writer.write(seed), "")
    except DroppedError as error:
        return Attempt(seed, None, str(error))


def _wanted(count: int, unanswerable: float) -> dict[Kind, float]:
    shares = {k: count * (1 - unanswerable) * part for k, part in SHARES.items()}
    return {"unanswerable": count * unanswerable, **shares}
