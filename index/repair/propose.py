"""Display text -> the readings offered for its damaged characters, each with its evidence and a confidence. Pure.

A text without signs of damage is left alone: how much is believed of a place depends on how damaged its stretch is.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from index.reading import APPLIED, Repair
from index.repair import judge as judges
from index.repair.candidates import Knowledge, find, knowledge, promising
from index.repair.counts import REACH, Floats, Ints
from index.repair.evidence import evidence
from index.repair.features import Case, features
from index.repair.judge import blocks_of
from index.repair.sheet import MARGIN, Sheet, prepare
from index.repair.words import Words

STRICT, LOOSE = 20.0, 16.0  # oddness of a place in a text not known to be damaged, and in a damaged stretch
STRICT_SEES = 0.2  # of the damaged characters are that odd and promising
LOOSE_SEES = 0.5
SURELY = 0.01  # the share of damage from which a stretch is damaged beyond doubt
DAMAGED = 0.003  # the share of damage from which a stretch is looked at closely
OFFER = 0.6  # confidence from which a reading is offered at all
TAKEN = 0.7  # confidence from which its neighbours are read again with a reading in place
ROUNDS = 3
FAMILIAR, SHIFTS = (6.0, 8.5), (1.35, -1.8)  # bits a character of a whole text; log odds added to probabilities
WARY = -2.2  # log odds added where a text seems sound
UNSURE = 0.5  # the most that a guarded reading is believed
COMPANY, NEAR = 5, 1000  # other readings this near, in characters, without which one is offered but never sure
LONE = 0.8  # the most that such a one is believed: a rare name is likelier than damage
ALIKE, USUAL = 0.5, 3  # likeness, and symbols of a run, that guard a text that seems sound
NUMERALS = "一二三四五六七八九十百千万亿两零〇壹贰叁肆伍柒捌玖拾佰仟上下左右前后东南西北男女父母"
BATCH = 128  # places judged at once


def propose(text: str, words: Words) -> list[Repair]:
    """Readings of single characters or of characters side by side, rising and disjoint; each as long as what it stands for."""
    known = knowledge()
    sheet = prepare(text, known.counts, known.shapes)
    places = promising(sheet, np.flatnonzero(sheet.chinese & (sheet.oddness > STRICT)), known)
    if not len(places):
        return []
    places, shares = _damage(sheet, places, known, words)
    found: dict[int, tuple[str, float, float]] = {}
    read = sheet
    for _ in range(ROUNDS):
        best = _best(read, places, known, words, shares)
        fresh = {p: b for p, b in best.items() if b[1] >= OFFER and (p not in found)}
        found |= fresh
        taken = {p: b[0] for p, b in fresh.items() if b[1] >= TAKEN}
        if not taken:
            break
        read = _with(read, taken, known)
        near = {p + d for p in taken for d in (-3, -2, -1, 1, 2, 3)} - set(found)
        places = np.array([p for p in sorted(near) if 0 <= p < len(read.text) and _open(read, p)], np.int64)
        if not len(places):
            break
    return _repairs(sheet, in_company(found), words)


def in_company(found: Mapping[int, tuple[str, float, float]]) -> dict[int, tuple[str, float, float]]:
    """The readings, those that stand alone made unsure: damage comes in numbers, rare names singly."""
    places = sorted(found)
    near = {p: bisect_right(places, p + NEAR) - bisect_left(places, p - NEAR) - 1 for p in places}
    return {p: (c, q if near[p] >= COMPANY else min(q, LONE), a) for p, (c, q, a) in found.items()}


def _damage(sheet: Sheet, places: Ints, known: Knowledge, words: Words) -> tuple[Ints, Floats]:
    """The places to be judged and the share of damage of each block: where the oddest places speak of damage, others
    are looked at too."""
    judge = judges.load()
    shares = judge.shares(_worth(sheet, places, known, words)[1], places, len(sheet.text), STRICT_SEES)
    if (shares < DAMAGED).all():
        return places, shares
    close = (shares >= DAMAGED)[blocks_of(np.arange(len(sheet.text)), len(sheet.text))]
    places = np.union1d(places, np.flatnonzero(sheet.chinese & close & (sheet.oddness > LOOSE)))
    return places, judge.shares(_worth(sheet, places, known, words)[1], places, len(sheet.text), LOOSE_SEES)


def _open(sheet: Sheet, place: int) -> bool:
    return bool(sheet.chinese[place] and sheet.oddness[place] > LOOSE)


def _with(sheet: Sheet, taken: dict[int, str], known: Knowledge) -> Sheet:
    text = list(sheet.text)
    for place, character in taken.items():
        text[place] = character
    return replace(prepare("".join(text), known.counts, known.shapes), places=sheet.places, scripts=sheet.scripts)


def _worth(sheet: Sheet, places: Ints, known: Knowledge, words: Words) -> tuple[Ints, Floats, Floats]:
    """The candidates of each place, what each is worth, and its likeness to the written character."""
    judge = judges.load()
    parts = []
    for start in range(0, len(places), BATCH):
        batch = places[start : start + BATCH]
        candidates, likeness = find(sheet, batch, known)
        case = Case(batch, candidates, likeness, places)
        parts.append((candidates, judge.worth(features(sheet, case, known, words)), likeness))
    return tuple(np.concatenate(part) for part in zip(*parts, strict=True))  # type: ignore[return-value]


def _best(
    sheet: Sheet, places: Ints, known: Knowledge, words: Words, shares: Floats
) -> dict[int, tuple[str, float, float]]:
    """Place -> its likeliest character, how probable it is, and its likeness."""
    judge = judges.load()
    candidates, worth, likeness = _worth(sheet, places, known, words)
    probable = judge.probabilities(worth, shares[blocks_of(places, len(sheet.text))])
    rows, best = np.arange(len(places)), np.argmax(probable, axis=1)
    probable = _calibrated(sheet, places, probable, shares).astype(np.float32)
    guarded = _guarded(sheet, places, candidates, likeness, shares, known)
    probable[guarded] = np.minimum(probable[guarded], UNSURE)
    chosen = zip(places, candidates[rows, best], probable[rows, best], likeness[rows, best], strict=True)
    return {int(p): (known.shapes.characters[c], float(q), float(a)) for p, c, q, a in chosen}


def _calibrated(sheet: Sheet, places: Ints, probable: Floats, shares: Floats) -> Floats:
    """Probabilities made confidences: less sure the stranger the whole text is to what is generally known, surer in
    damaged stretches of a text of a familiar kind."""
    strange = float(sheet.oddness[sheet.chinese].mean()) / 2
    surely = np.clip((shares[blocks_of(places, len(sheet.text))] - DAMAGED) / (SURELY - DAMAGED), 0, 1)
    shift = WARY + surely * (float(np.interp(strange, FAMILIAR, SHIFTS)) - WARY)
    sure = np.clip(probable, 1e-6, 1 - 1e-6)
    confident: Floats = 1 / (1 + (1 - sure) / sure * np.exp(-shift[:, None]))
    return confident


def _guarded(
    sheet: Sheet, places: Ints, candidates: Ints, likeness: Floats, shares: Floats, known: Knowledge
) -> NDArray[np.bool_]:
    """Which candidates are never sure: one that reads a number or a direction in or out, one for a character that stands in a
    well-known run, and where the text seems sound, one that is not drawn alike."""
    sound = (shares < (DAMAGED + SURELY) / 2)[blocks_of(places, len(sheet.text))][:, None]
    numerals = np.isin(known.codes, [ord(c) for c in NUMERALS])
    written = np.isin(sheet.codes[places + MARGIN], [ord(c) for c in NUMERALS])[:, None]
    numeral = written | numerals[candidates]
    window = sheet.window(places, REACH, sheet.symbols)
    usual = known.counts.runs(window, USUAL)[:, REACH - USUAL + 1 : REACH + 1].max(axis=1)[:, None] > 0
    guarded: NDArray[np.bool_] = numeral | usual | (sound & (likeness < ALIKE))
    return guarded


def _repairs(sheet: Sheet, found: dict[int, tuple[str, float, float]], words: Words) -> list[Repair]:
    """One repair for each place, those side by side and alike in being applied joined."""
    repairs: list[Repair] = []
    text = list(sheet.text)
    for place, (character, confidence, _) in found.items():
        if confidence >= APPLIED:
            text[place] = character
    read = "".join(text)
    for place in sorted(found):
        character, confidence, likeness = found[place]
        start = int(sheet.places[place])
        said = evidence(read[:place] + character + read[place + 1 :], place, likeness, words)
        last = repairs[-1] if repairs else None
        if last and last.end == start and (last.confidence >= APPLIED) == (confidence >= APPLIED):
            joined = last.reading + character
            repairs[-1] = Repair(
                last.start, start + 1, joined, min(last.confidence, confidence), f"{last.evidence}；{said}"
            )
        else:
            repairs.append(Repair(start, start + 1, character, round(confidence, 4), said))
    return repairs
