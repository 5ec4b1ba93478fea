"""The measurement of adding: its figures hang together, and it works with any articles and encoder."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from fake_encoder import HashEncoder
from samples import SAMPLE, SAMPLE_FILE

from eval.ingesting import PIECE, Drawn, Plan, measure_ingest, read_articles, show_ingest


def test_articles_are_lines_of_a_file_or_pieces_of_the_sample(tmp_path: Path) -> None:
    news = tmp_path / "news.txt"
    news.write_text("一则\n\n 二则 \n三则\n", encoding="utf-8")
    assert read_articles(news, SAMPLE_FILE, 2) == ["一则", "二则"]
    pieces = read_articles(None, SAMPLE_FILE, 50)
    count = -(-len(SAMPLE) // PIECE)
    assert len(set(pieces)) == len(pieces) == 50
    assert pieces[0] == f"第1份。{SAMPLE[:PIECE]}"
    assert pieces[count] == f"第{count + 1}份。{SAMPLE[:PIECE]}"


def test_drawn_vectors_are_of_unit_length_and_differ() -> None:
    vectors = Drawn("x", 32).encode_passages(["甲", "乙", "甲"])
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    assert abs(float(vectors[0] @ vectors[2])) < 0.9


def test_the_figures_hang_together(tmp_path: Path) -> None:
    articles = read_articles(None, SAMPLE_FILE, 12)
    told: list[tuple[int, int]] = []
    plan = Plan(articles, articles, tmp_path)
    figures = measure_ingest(HashEncoder(), plan, lambda what, done, total: told.append((done, total)))
    assert figures["share"] == pytest.approx(figures["encoder_s"] / figures["whole_s"])
    assert figures["again_share"] == pytest.approx(figures["again_s"] / figures["whole_s"])
    assert (figures["articles"], figures["kept"]) == (12, 12)
    assert figures["texts"] > 100
    assert 0 < figures["one_more_s"] <= figures["one_more_worst_s"]
    assert told[-1] == (12, 12)
    shown = show_ingest(json.loads(json.dumps(figures)))
    assert "12 篇新闻，速度占编码器本身的" in shown
    assert "向量是随机的单位向量" in shown
