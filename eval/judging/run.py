"""A report and a judge -> judgements.jsonl verdict by verdict, then the judge's own part of the report."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eval.choice import Choice, choose
from eval.compare import read_report
from eval.files import append_line, whole_lines, write_whole
from eval.judging.agreement import judge_figures
from eval.judging.inquiries import Inquiry, Verdict, inquiries
from eval.judging.judges import Judge
from eval.measures.intervals import SEED
from eval.provenance import git_commit, now
from eval.questions import GoldQuestion
from eval.report.report import write_report
from eval.report.tables import MISSING, lay_out, number, share
from index.errors import JudianError

JUDGEMENTS = "judgements.jsonl"
ASPECT_TEXT = {"right": "答得对", "supported": "逐句有据"}
METRIC_OF = {"right": "答对（按事实）", "supported": "引文支持（按字词）"}

Row = Mapping[str, Any]
Watch = Callable[[Iterable[Inquiry], int, int], Iterable[Inquiry]]
"""(inquiries to come, all inquiries, judged before) -> the same inquiries, with progress shown."""


@dataclass(frozen=True, slots=True)
class JudgeOptions:
    """Which report to judge and which of its questions; `resume` reuses the verdicts that `out` already has."""

    out: Path
    choice: Choice
    resume: bool


def read_inquiries(options: JudgeOptions) -> list[Inquiry]:
    """All that is to be asked. Raises JudianError when the report has nothing to judge."""
    rows = _choose(read_report(options.out)["questions"], options.choice)
    asked = [inquiry for row in rows for inquiry in inquiries(row)]
    if not asked:
        raise JudianError(f"{options.out}/report.json 里没有可评审的回答：选出的 {len(rows)} 题都拒答了。")
    return asked


def judge_report(options: JudgeOptions, judge: Judge, watch: Watch) -> dict[str, Any]:
    """Ask every inquiry, keep each verdict at once, then write the report with its key `judge`, which is returned.

    Nothing else of the report changes. Interrupted at any instant, the verdicts so far stay in judgements.jsonl.
    """
    asked = read_inquiries(options)
    path = options.out / JUDGEMENTS
    kept = _kept(path, options.resume)
    verdicts = {**kept, **_ask(asked, kept, judge, path, watch)}
    judged = [(inquiry, verdicts[digest(inquiry, judge)]) for inquiry in asked]
    section = {**_origin(judge), **judge_figures(judged)}
    write_report(options.out, {**read_report(options.out), "judge": section})
    return section


def digest(inquiry: Inquiry, judge: Judge) -> str:
    """Names a verdict by all that decides it, so that none is reused for another judge, wording or answer."""
    decides = [judge.name, judge.model, judge.settings, inquiry.question_id, inquiry.claim, inquiry.messages]
    return hashlib.sha256(json.dumps(decides, ensure_ascii=False, sort_keys=True).encode("utf-8")).hexdigest()[:24]


def show(section: Mapping[str, Any]) -> str:
    """What the terminal shows: the judge's verdicts, its agreement with the metrics, and how many it left open."""
    rows = [["评审", "判是", "95% 区间", "与指标一致", "95% 区间", "κ", "AUC", "只评审判是", "只指标判是"]]
    rows += [_row(section, aspect) for aspect in ASPECT_TEXT if aspect in section]
    told = [
        f"评审：{section['name']}，模型 {section['model']}，{section['n']} 题",
        lay_out(rows),
        "评审的判断只作参考，不计入任何指标；对照的指标："
        + "，".join(f"{t} ↔ {METRIC_OF[a]}" for a, t in ASPECT_TEXT.items()),
    ]
    if section["not_understood"]:
        told.append(f"有 {section['not_understood']} 次回复看不懂（不是“是”或“否”），未计入；原话在 {JUDGEMENTS}。")
    return "\n\n".join(told)


def summary_line(section: Mapping[str, Any], out: Path) -> str:
    """The last line of the terminal: one JSON object."""
    return json.dumps({"out": str(out), "judge": section}, ensure_ascii=False)


def _origin(judge: Judge) -> dict[str, Any]:
    named = {"name": judge.name, "model": judge.model, "settings": dict(judge.settings)}
    return {**named, "date": now(), "commit": git_commit(), "seed": SEED}


def _choose(rows: Sequence[Row], choice: Choice) -> list[Row]:
    """The same questions as `python -m eval run` would choose."""
    questions = [GoldQuestion(r["id"], r["type"], r["question"], (), "", (), (), r["answerable"]) for r in rows]
    chosen = {question.id for question in choose(questions, choice)}
    return [row for row in rows if row["id"] in chosen]


def _ask(
    asked: Sequence[Inquiry], kept: Mapping[str, Verdict], judge: Judge, path: Path, watch: Watch
) -> dict[str, Verdict]:
    to_come = [inquiry for inquiry in asked if digest(inquiry, judge) not in kept]
    given: dict[str, Verdict] = {}
    for inquiry in watch(to_come, len(asked), len(asked) - len(to_come)):
        verdict = given[digest(inquiry, judge)] = judge.ask(inquiry)
        append_line(path, _line(inquiry, judge, verdict))
    return given


def _line(inquiry: Inquiry, judge: Judge, verdict: Verdict) -> dict[str, Any]:
    """One line of judgements.jsonl; what is not there is left out."""
    told = {
        "key": digest(inquiry, judge),
        "id": inquiry.question_id,
        "aspect": inquiry.aspect,
        "claim": inquiry.claim,
        "judge": judge.name,
        "model": judge.model,
        "probability": verdict.probability,
        "reply": verdict.reply,
    }
    return {**{name: value for name, value in told.items() if value is not None}, "yes": verdict.yes}


def _kept(path: Path, resume: bool) -> dict[str, Verdict]:
    """Earlier verdicts by digest, those not understood left out; the file is left with whole lines only.

    Verdicts of other judges stay in the file. Raises JudianError for a damaged line.
    """
    lines = whole_lines(path) if resume else []
    kept: dict[str, Verdict] = {}
    for place, line in enumerate(lines, 1):
        try:
            value = json.loads(line)
            verdict = Verdict(value["yes"], value.get("probability"), value.get("reply"))
            key = str(value["key"])
        except (json.JSONDecodeError, KeyError, TypeError) as error:
            raise JudianError(
                f"{path} 第 {place} 行不是一条完整的判断（{error}）。请删去这一行，或去掉 --resume 从头评审。"
            ) from error
        if verdict.yes is not None:
            kept[key] = verdict
    write_whole(path, "".join(f"{line}\n" for line in lines))
    return kept


def _row(section: Mapping[str, Any], aspect: str) -> list[str]:
    figures, agreement = section[aspect], section["agreement"][aspect]
    return [
        f"{ASPECT_TEXT[aspect]}（{figures['n']}）",
        share(figures["value"]),
        _interval(figures["interval"]),
        share(agreement["agreement"]),
        _interval(agreement["interval"]),
        number(agreement["kappa"], 2),
        number(agreement.get("auc"), 2),
        str(agreement["judge_only"]),
        str(agreement["metric_only"]),
    ]


def _interval(interval: Sequence[float] | None) -> str:
    return MISSING if interval is None else f"{share(interval[0])} – {share(interval[1])}"
