"""Training of the probes: states kept and taken up again, probes that find what is there, and no sample judged by itself."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from evidences import evidence
from tiny_model import tiny_local

from eval.calibrating.samples import Sample
from eval.reading import probes as probing
from eval.reading import states as keeping
from eval.reading.__main__ import trainable
from eval.reading.probes import FOLDS, crossed, fit, fit_both, fit_weights, log_odds, to_head, whole
from eval.reading.states import States, make, read, write
from index.command import USAGE
from rag.evidence import Evidence, reading_order
from rag.reader import LayerReader
from rag.reading.head import Head

WIDTH = 8
TEXTS = (
    "粮食产量是第一。",
    "报告有城镇化率。",
    "城镇化率是三十。",
    "粮食有产量报告。",
    "第二年有报告。",
    "月报是第三。",
)


def sample(number: int, half: str = "tune", kind: str = "factoid", label: int = 1, answerable: bool = True) -> Sample:
    """Sentences of two documents, best first, so that they are read in another order."""
    found = [
        evidence(text, document=f"{'乙甲'[n % 2]}.txt", start=10 * (9 - n), score=1 - n / 10)
        for n, text in enumerate(TEXTS)
    ]
    labels = tuple(n == label and answerable for n in range(len(found)))
    question = f"第{number}年粮食产量是不是第一？"
    hits = tuple(e.hit for e in found)
    return Sample(f"甲/{number}", "甲", half, kind, question, answerable, hits, tuple(found), labels)


@pytest.fixture(scope="module")
def reader() -> LayerReader:
    local = tiny_local(layers=2)
    return LayerReader(local, Head.untrained("tiny", 1, 32))


def test_the_states_of_a_sample_are_in_the_order_read_with_their_labels(reader: LayerReader) -> None:
    one = sample(1)
    made = make(one, reader)
    order = reading_order(one.evidence)
    assert [e.text for e in order] != list(TEXTS)
    assert made.labels.tolist() == [e.text == TEXTS[1] for e in order]
    assert made.scores.tolist() == pytest.approx([e.score for e in order])
    states, spans = reader.states(one.question, order)
    start, end = spans[2]
    assert made.sentences[2] == pytest.approx(torch.cat([states[end], states[start:end].mean(0)]).numpy())
    assert made.last == pytest.approx(states[-1].numpy())


class Counting:
    """The reader, which counts what it reads and is killed before it has read `most`."""

    def __init__(self, reader: LayerReader, most: int = 10**6) -> None:
        self.read: list[str] = []
        self._reader, self._most = reader, most

    def states(self, question: str, evidence: Sequence[Evidence]) -> tuple[torch.Tensor, list[tuple[int, int]]]:
        """As the reader's."""
        if len(self.read) == self._most:
            raise KeyboardInterrupt
        self.read.append(question)
        return self._reader.states(question, evidence)


def test_a_killed_run_goes_on_with_the_shard_that_it_was_in(
    reader: LayerReader, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeping, "SHARD", 2)
    samples = [sample(n) for n in range(5)]
    killed, again = Counting(reader, 3), Counting(reader)
    done: list[int] = []
    with pytest.raises(KeyboardInterrupt):
        done += write(tmp_path / "out", samples, killed)  # type: ignore[arg-type]
    assert [p.name for p in sorted((tmp_path / "out").iterdir())] == ["000000.npz"]
    assert list(write(tmp_path / "out", samples, again)) == [2, 4, 5]  # type: ignore[arg-type]
    assert again.read == [s.question for s in samples[2:]]
    assert list(read(tmp_path / "out")) == [s.id for s in samples]


def test_states_are_read_back_as_they_were_made_but_for_half_precision(reader: LayerReader, tmp_path: Path) -> None:
    samples = [sample(1), sample(2, answerable=False)]
    assert list(write(tmp_path, samples, reader)) == [2]
    for one, back in zip(samples, read(tmp_path).values(), strict=True):
        made = make(one, reader)
        assert back.id == one.id
        assert back.labels.tolist() == made.labels.tolist()
        assert back.scores.tolist() == made.scores.tolist()
        assert back.sentences == pytest.approx(made.sentences, rel=1e-3, abs=1e-3)
        assert back.last == pytest.approx(made.last, rel=1e-3, abs=1e-3)


def planted(count: int, seed: int = 0) -> tuple[list[States], list[bool]]:
    """States in which one direction says whether a sentence answers, and another whether the question is answered."""
    chance = np.random.default_rng(seed)
    made, answerable = [], []
    for n in range(count):
        answered = n % 2 == 0
        labels = np.array([answered and m == n % 4 for m in range(4)])
        sentences = chance.normal(size=(4, 2 * WIDTH)).astype(np.float32)
        sentences[:, 3] += 6.0 * labels
        last = chance.normal(size=WIDTH).astype(np.float32)
        last[5] += 6.0 * answered
        made.append(States(f"q{n}", sentences, labels, np.full(4, 0.5, np.float32), last))
        answerable.append(answered)
    return made, answerable


def test_a_fit_finds_the_direction_that_was_planted() -> None:
    states, _ = planted(200)
    rows, labels = np.concatenate([s.sentences for s in states]), np.concatenate([s.labels for s in states])
    probe = fit(rows, labels, 1.0)
    assert int(np.abs(probe.weights).argmax()) == 3
    assert ((probe(rows) > 0) == labels).mean() > 0.95


def test_the_scale_of_a_column_changes_no_log_odds() -> None:
    states, _ = planted(60)
    rows, labels = np.concatenate([s.sentences for s in states]), np.concatenate([s.labels for s in states])
    other = rows * np.linspace(0.1, 40, rows.shape[1], dtype=np.float32) + 7
    assert fit(other, labels, 0.1)(other) == pytest.approx(fit(rows, labels, 0.1)(rows), abs=0.02)


def test_both_probes_tell_apart_questions_that_they_were_not_fitted_on() -> None:
    states, answerable = planted(200)
    probes = fit_both(states, answerable)
    fresh, truth = planted(100, seed=1)
    told = log_odds(dict.fromkeys((s.id for s in fresh), probes), fresh)
    assert np.mean([(told[s.id][1] > 0) == t for s, t in zip(fresh, truth, strict=True)]) > 0.95
    hits = [int(np.argmax(told[s.id][0])) == int(s.labels.argmax()) for s, t in zip(fresh, truth, strict=True) if t]
    assert np.mean(hits) > 0.95


def test_no_sample_is_judged_by_probes_that_saw_its_group(monkeypatch: pytest.MonkeyPatch) -> None:
    states, answerable = planted(40)
    groups = [f"g{n // 2}" for n in range(40)]
    own = dict(zip((s.id for s in states), groups, strict=True))
    seen: list[set[str]] = []

    def noted(train: Sequence[States], _: Sequence[bool]) -> int:
        seen.append({own[s.id] for s in train})
        return len(seen) - 1

    monkeypatch.setattr(probing, "fit_both", noted)
    made: Any = crossed(states, answerable, groups)
    assert set(made) == set(own)
    assert len(seen) == FOLDS
    assert all(own[name] not in seen[fold] for name, fold in made.items())
    assert all(made[states[n].id] == made[states[n + 1].id] for n in range(0, 40, 2))
    assert set().union(*seen) == set(groups)


def test_noise_is_not_told_from_noise_by_crossed_probes() -> None:
    """What a probe learns by heart does not show in the figures."""
    states, _ = planted(60)
    chance = np.random.default_rng(3)
    noise = [
        States(s.id, chance.normal(size=s.sentences.shape).astype(np.float32), s.labels, s.scores, s.last * 0)
        for s in states
    ]
    answerable = chance.permutation([n % 2 == 0 for n in range(60)]).tolist()
    told = log_odds(crossed(noise, answerable, [s.id for s in noise]), noise)
    right = np.mean([(told[s.id][1] > 0) == a for s, a in zip(noise, answerable, strict=True)])
    assert 0.25 < right < 0.75


def test_the_head_of_the_product_says_what_the_probes_say() -> None:
    states, answerable = planted(80)
    probes = fit_both(states, answerable)
    head = to_head(probes, "甲", "tiny", 7)
    one = states[0]
    tokens = np.zeros((9, WIDTH), np.float32)
    tokens[:4], tokens[4:8] = one.sentences[:, WIDTH:], one.sentences[:, :WIDTH]
    tokens[8] = one.last
    said = head.log_odds(torch.from_numpy(tokens[[0, 4, 1, 5, 2, 6, 3, 7, 8]]), [(0, 1), (2, 3), (4, 5), (6, 7)])
    [expected] = log_odds({one.id: probes}, [one]).values()
    assert (head.name, head.model, head.layer) == ("甲", "tiny", 7)
    assert said[0] == pytest.approx(expected[0], abs=1e-4)
    assert said[1] == pytest.approx(expected[1], abs=1e-4)
    assert whole(one, probes.sentence).shape == (3 * WIDTH,)


def test_the_weights_of_reader_and_search_follow_what_tells_more() -> None:
    states, answerable = planted(80)
    probes = fit_both(states, answerable)
    told = log_odds(dict.fromkeys((s.id for s in states), probes), states)
    weights = fit_weights([told[s.id][0] for s in states], states)
    assert weights["reader"] > abs(weights["search"])  # the scores are all alike


def test_the_tune_half_is_trained_on_but_for_false_premises() -> None:
    kept = [sample(1), sample(2, half="report"), sample(3, kind="false_premise"), sample(4, answerable=False)]
    assert [trainable(s) for s in kept] == [True, False, False, True]


def test_the_commands_name_what_they_need(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    from eval.reading.__main__ import main

    with pytest.raises(SystemExit) as told:
        main(["fit"])
    assert told.value.code == 2
    assert "--samples" in capsys.readouterr().err
    missing = str(tmp_path / "none.jsonl")
    assert main(["fit", *(x for n in ("samples", "states", "out", "scores") for x in (f"--{n}", missing))]) == USAGE
    assert "none.jsonl" in capsys.readouterr().err
