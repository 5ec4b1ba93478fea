"""Verdicts of a judge beside those of the metrics -> how far the two agree, question by question. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, get_args

from eval.judging.inquiries import Aspect, Inquiry, Verdict
from eval.measures.intervals import Interval, interval_of, ratio, resamples

Pair = tuple[bool, bool]
"""(what the judge says, what the metric says) of one thing."""
Judged = tuple[Inquiry, Verdict]


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far a judge and a metric agree over `n` things; `interval` is that of `agreement`, 95 %.

    `judge_only`, `metric_only` count the things that only the one says yes to.
    """

    n: int
    agreement: float
    interval: Interval | None
    kappa: float | None
    judge_only: int
    metric_only: int


def agree(groups: Sequence[Sequence[Pair]]) -> Agreement | None:
    """Agreement over groups of pairs, one group a question: the interval resamples whole questions, since
    the sentences of one answer are not independent. None without pairs."""
    pairs = [pair for group in groups for pair in group]
    if not pairs:
        return None
    same = [sum(judge == metric for judge, metric in group) for group in groups]
    return Agreement(
        n=len(pairs),
        agreement=sum(same) / len(pairs),
        interval=_interval(same, [len(group) for group in groups]),
        kappa=cohen_kappa(pairs),
        judge_only=sum(judge and not metric for judge, metric in pairs),
        metric_only=sum(metric and not judge for judge, metric in pairs),
    )


def cohen_kappa(pairs: Sequence[Pair]) -> float | None:
    """Agreement beyond chance, κ = (p_o - p_e) / (1 - p_e), after Cohen (1960), “A coefficient of agreement for
    nominal scales”, Educational and Psychological Measurement 20(1), 37-46.

    p_o is the share of equal verdicts; p_e = Σ_v P(judge = v) · P(metric = v) the share that two independent
    raters with the same habits would reach. 1 is perfect, 0 is chance, below 0 is worse than chance. None
    when either rater always says the same: then nothing can be told from chance.
    """
    if any(len(set(verdicts)) < 2 for verdicts in zip(*pairs, strict=True)) or not pairs:
        return None
    n = len(pairs)
    observed = sum(judge == metric for judge, metric in pairs) / n
    judge_yes, metric_yes = sum(judge for judge, _ in pairs) / n, sum(metric for _, metric in pairs) / n
    expected = judge_yes * metric_yes + (1 - judge_yes) * (1 - metric_yes)
    return (observed - expected) / (1 - expected)


def rank_agreement(rated: Sequence[tuple[float, bool]]) -> float | None:
    """How well a judge's probabilities of yes put what the metric accepts above what it does not: the area under
    the ROC curve, AUC = (#{pairs p_yes > p_no} + ½ #{p_yes = p_no}) / (#yes · #no), after Hanley & McNeil (1982),
    “The meaning and use of the area under a receiver operating characteristic curve”, Radiology 143(1), 29-36.

    1 is perfect, ½ is chance, whatever the probability from which the judge says yes. None when the metric
    always says the same.
    """
    yes = [probability for probability, metric in rated if metric]
    no = [probability for probability, metric in rated if not metric]
    if not yes or not no:
        return None
    return sum((y > n) + (y == n) / 2 for y in yes for n in no) / (len(yes) * len(no))


def judge_figures(judged: Sequence[Judged]) -> dict[str, Any]:
    """What report.json says of a judge: verdicts, agreement with the metrics, and every disagreement.

    `n` counts questions with a verdict, `not_understood` the replies without one, which count nowhere else.
    An aspect without any verdict is absent; so is `auc` for a judge without probabilities.
    """
    clear = [(inquiry, verdict) for inquiry, verdict in judged if verdict.yes is not None]
    figures: dict[str, Any] = {
        "n": len({inquiry.question_id for inquiry, _ in clear}),
        "not_understood": len(judged) - len(clear),
        "agreement": {},
        "disagreements": [_disagreement(i, v) for i, v in clear if v.yes != i.metric],
    }
    for aspect in get_args(Aspect):
        chosen = [pair for pair in clear if pair[0].aspect == aspect]
        groups = _groups(chosen)
        agreement = agree(groups)
        if agreement is not None:
            figures[aspect] = _share([[judge for judge, _ in group] for group in groups])
            figures["agreement"][aspect] = {**asdict(agreement), **_rank_agreement(chosen)}
    return figures


def _groups(judged: Sequence[Judged]) -> list[list[Pair]]:
    groups: dict[str, list[Pair]] = {}
    for inquiry, verdict in judged:
        groups.setdefault(inquiry.question_id, []).append((bool(verdict.yes), inquiry.metric))
    return list(groups.values())


def _rank_agreement(judged: Sequence[Judged]) -> dict[str, float]:
    """`auc`, absent for a judge without probabilities and where it cannot be measured."""
    rated = [(v.probability, inquiry.metric) for inquiry, v in judged if v.probability is not None]
    auc = rank_agreement(rated)
    return {} if auc is None or len(rated) < len(judged) else {"auc": auc}


def _share(groups: Sequence[Sequence[bool]]) -> Mapping[str, Any]:
    """The share of yes over all, with its interval over whole questions."""
    yes, sizes = [sum(group) for group in groups], [len(group) for group in groups]
    return {"n": sum(sizes), "value": sum(yes) / sum(sizes), "interval": _interval(yes, sizes)}


def _interval(parts: Sequence[int], wholes: Sequence[int]) -> Interval | None:
    return interval_of(ratio(parts, wholes, resamples(len(wholes))))


def _disagreement(inquiry: Inquiry, verdict: Verdict) -> dict[str, Any]:
    told: dict[str, Any] = {"id": inquiry.question_id, "aspect": inquiry.aspect}
    if inquiry.claim is not None:
        told["claim"] = inquiry.claim
    if verdict.probability is not None:
        told["probability"] = round(verdict.probability, 4)
    return {**told, "judge": bool(verdict.yes), "metric": inquiry.metric}
