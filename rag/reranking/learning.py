"""Samples + a network -> the network trained: listwise, in bfloat16 where that is fast, with weights kept in float32."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from rag.reranking.network import Network, pack
from rag.reranking.samples import Sample
from rag.reranking.tokens import Tokens


@dataclass(frozen=True, slots=True)
class Plan:
    """How it is trained. Of a sample's negatives `negatives` are drawn anew each time it is met, hard ones more often.

    `absolute` weighs the loss that makes 0 the border between right and wrong, beside the one that ranks.
    """

    steps: int
    questions: int = 12
    negatives: int = 5
    rate: float = 1.5e-4
    head_rate: float = 1e-3
    warmup: float = 0.08
    absolute: float = 0.25
    decay: float = 0.01
    seed: int = 5


Note = Callable[[int, float, float], None]
"""Told after a step: its number, the mean loss of late, seconds so far."""


@dataclass(frozen=True, slots=True)
class Team:
    """Which of how many processes this is, that each take their share of every batch."""

    rank: int = 0
    size: int = 1


def learn(
    network: Network, tokens: Tokens, samples: Sequence[Sample], plan: Plan, note: Note, team: Team = Team()
) -> None:
    """Train the network in place; the same samples, plan, team and number of threads give the same weights.

    A process with one thread for each core waits for the others once a step; threads wait at every operation, which
    on a busy machine took three times as long.
    """
    torch.manual_seed(plan.seed)
    optimizer = _optimizer(network, plan)
    peaks = [group["lr"] for group in optimizer.param_groups]
    begun, late = time.monotonic(), 0.0
    for step, batch in zip(range(1, plan.steps + 1), _batches(samples, plan), strict=False):
        share = _schedule(step, plan)
        for group, peak in zip(optimizer.param_groups, peaks, strict=True):
            group["lr"] = peak * share
        optimizer.zero_grad(set_to_none=True)
        losses = _shared(network, _backward(network, tokens, batch[team.rank :: team.size], plan), team)
        torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimizer.step()
        late = losses if step == 1 else 0.98 * late + 0.02 * losses
        note(step, late, time.monotonic() - begun)


def loss_of(scores: Tensor, absolute: float) -> Tensor:
    """Of scores (questions, passages), the right passage first: rank it first, and tell right from wrong at 0."""
    ranking = -functional.log_softmax(scores, dim=1)[:, 0].mean()
    right = functional.softplus(-scores[:, 0]).mean()
    wrong = functional.softplus(scores[:, 1:]).mean()
    return ranking + absolute * (right + wrong)


def _backward(network: Network, tokens: Tokens, batch: Sequence[tuple[str, list[str]]], plan: Plan) -> float:
    """Gradients of one step, a part of its questions at a time; the mean loss."""
    from index.processor import fast_dtype

    total, size = 0.0, 4
    for start in range(0, len(batch), size):
        part = batch[start : start + size]
        packed = pack([pair for query, texts in part for pair in tokens.pairs(query, texts)])
        with torch.autocast("cpu", fast_dtype(), enabled=fast_dtype() == torch.bfloat16):
            scores = network(packed).view(len(part), -1)
        loss = loss_of(scores, plan.absolute) * len(part) / len(batch)
        loss.backward()  # type: ignore[no-untyped-call]
        total += float(loss.detach())
    return total


def _shared(network: Network, loss: float, team: Team) -> float:
    """Give every process the mean of the gradients; the mean loss."""
    if team.size == 1:
        return loss
    from torch import distributed

    own = [p for p in network.parameters() if p.grad is not None]
    flat = torch.cat([*(p.grad.flatten() for p in own if p.grad is not None), torch.tensor([loss])])
    distributed.all_reduce(flat)
    flat /= team.size
    parts = torch.split(flat[:-1], [p.numel() for p in own])
    for parameter, part in zip(own, parts, strict=True):
        parameter.grad = part.view_as(parameter)
    return float(flat[-1])


def _batches(samples: Sequence[Sample], plan: Plan) -> Iterator[list[tuple[str, list[str]]]]:
    """Endless batches of questions with their passages, the right one first; shuffled anew in each pass."""
    chance = random.Random(plan.seed)
    waiting: list[Sample] = []
    while True:
        while len(waiting) < plan.questions:
            again = list(samples)
            chance.shuffle(again)
            waiting = [*waiting, *again]
        batch, waiting = waiting[: plan.questions], waiting[plan.questions :]
        yield [(s.query, [s.positive, *_drawn(s.negatives, plan.negatives, chance)]) for s in batch]


def _drawn(negatives: Sequence[str], count: int, chance: random.Random) -> list[str]:
    """The two hardest and some others; repeated where there are too few."""
    rest = list(negatives[2:])
    chance.shuffle(rest)
    found = [*negatives[:2], *rest]
    return (found * (count // max(1, len(found)) + 1))[:count]


def _schedule(step: int, plan: Plan) -> float:
    """Share of the peak rate: up in the warm-up, then down in a line."""
    up = max(1, round(plan.warmup * plan.steps))
    return step / up if step <= up else max(0.02, (plan.steps - step) / max(1, plan.steps - up))


def _optimizer(network: Network, plan: Plan) -> torch.optim.Optimizer:
    head = [*network.dense.parameters(), *network.score.parameters()]
    own = {id(p) for p in head}
    body = [p for p in network.parameters() if id(p) not in own]
    groups = [{"params": body, "lr": plan.rate}, {"params": head, "lr": plan.head_rate}]
    return torch.optim.AdamW(groups, weight_decay=plan.decay, betas=(0.9, 0.98), eps=1e-6)
