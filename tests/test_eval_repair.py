"""The measuring of repairs on pairs of lines and on listed places."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import pytest

from eval.commands import repair as command
from eval.repair.pairs import Pair, halves, judge, read_pairs, show
from eval.repair.places import Place, compare, read_places
from index.errors import JudianError
from index.reading import Repair

PAIRS = [Pair("天上人闻", "天上人间"), Pair("夏威表热", "夏威夷热"), Pair("好的", "好的")]


def fixed(text: str) -> list[Repair]:
    """One right, one wrong reading, one too doubtful to be applied."""
    assert text == "天上人闻\n夏威表热\n好的"
    return [Repair(3, 4, "间", 0.95, "甲"), Repair(7, 8, "意", 0.93, "乙"), Repair(10, 11, "女", 0.7, "丙")]


def test_precision_and_recall_count_characters() -> None:
    figures = judge(PAIRS, fixed)
    assert (figures["applied"], figures["right"], figures["damaged"], figures["characters"]) == (2, 1, 2, 10)
    assert (figures["precision"], figures["recall"]) == (0.5, 0.5)
    assert (figures["steps"]["0.6"]["applied"], figures["steps"]["0.95"]["precision"]) == (3, 1.0)
    assert "准确 0.500" in show("一半", figures)


def test_nothing_applied_has_no_precision() -> None:
    figures = judge(PAIRS, lambda text: [])
    assert figures["precision"] is None
    assert figures["recall"] == 0
    assert "准确 —" in show("一半", figures)


def test_lines_with_one_correct_line_stay_in_one_half() -> None:
    pairs = [Pair(f"{n}误", f"{n}正") for n in range(20)] * 2
    tuned, reported = halves(pairs)
    assert len(tuned) + len(reported) == 40
    assert not {p.correct for p in tuned} & {p.correct for p in reported}


@pytest.mark.parametrize("content", ["", "1\t甲\n", "1\t甲乙\t甲\n"])
def test_a_file_that_holds_no_pairs_is_named(tmp_path: Path, content: str) -> None:
    (tmp_path / "p.tsv").write_text(content, encoding="utf-8")
    with pytest.raises(JudianError, match=r"p\.tsv"):
        read_pairs(tmp_path / "p.tsv")


def test_places_are_found_touched_read_right_or_missed() -> None:
    places = [Place(2, 4, "围绕"), Place(6, 8, "生"), Place(9, 10, "有")]
    repairs = [
        Repair(2, 4, "围绕", 0.9, ""),
        Repair(6, 7, "生", 0.9, ""),
        Repair(11, 12, "乙", 0.9, ""),
        Repair(9, 10, "有", 0.6, ""),
    ]
    found = compare(places, repairs, 0.9)
    assert (found.places, found.found, found.right, [r.start for r in found.false]) == (3, 2, 2, [11])
    assert compare(places, repairs, 0.5).found == 3


def test_a_list_of_places_must_fit_its_text(tmp_path: Path) -> None:
    (tmp_path / "l.tsv").write_text("# 注\n甲\t乙\t丙\t丁\n", encoding="utf-8")
    assert read_places(tmp_path / "l.tsv", "甲乙丁") == [Place(1, 2, "丙")]
    with pytest.raises(JudianError, match="第 2 行"):
        read_places(tmp_path / "l.tsv", "甲丙丁")


def test_the_command_reads_pairs_places_and_sound_text(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "p.tsv").write_text("1\t天上人闻\t天上人间\n1\t好的呢\t好的吧\n", encoding="utf-8")
    (tmp_path / "t.txt").write_text("要加快建设现代化产业体系。完善基本公共眠务。", encoding="utf-8")
    (tmp_path / "l.tsv").write_text("公共\t眠\t服\t务\n", encoding="utf-8")
    parser = argparse.ArgumentParser()
    command.add(parser.add_subparsers())
    options = ["--pairs", "p.tsv", "--out", "out", "--text", "t.txt", "--places", "l.tsv", "--sound", "t.txt"]
    options = [o if o.startswith("--") else str(tmp_path / o) for o in options]
    parsed = parser.parse_args(["repair", *options])
    assert parsed.run(parsed) == 0
    printed = capsys.readouterr().out
    assert "误字 1 处" in printed
    assert "好文本 22 字" in printed
    assert json.loads((tmp_path / "out" / "repair.json").read_text(encoding="utf-8"))
    empty = parser.parse_args(["repair"])
    with pytest.raises(JudianError, match="--pairs"):
        empty.run(empty)
