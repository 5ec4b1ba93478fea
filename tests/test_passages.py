"""Passages: whole sentences packed evenly, each inside one section, every one tied to its place in the source."""

from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st
from samples import LETTERS, REPORTS, SAMPLE, SIGNS, plain_sentences, texts

from index.articles import find_marks
from index.cleaning import CleanText, clean
from index.passages import MAX_PASSAGE, MAX_SENTENCE, Passage, split
from index.sections import find_sections

unpunctuated = st.text(alphabet=LETTERS, min_size=1, max_size=1500)
only_signs = st.text(alphabet=SIGNS + " \n", max_size=300)
any_text = st.one_of(texts, texts.map(lambda t: t * 8), unpunctuated, only_signs)


def display(cleaned: CleanText, start: int, end: int) -> str:
    """The source slice with markers removed."""
    return "".join(c for c, o in zip(cleaned.text, cleaned.offsets, strict=True) if start <= o < end)


def letters(text: str) -> str:
    return "".join(c for c in text if c.isalnum())


@given(any_text)
@example(SAMPLE)
@example("甲" * 10_000)
@example("甲乙，" * 3_333)
def test_a_passage_is_its_source_slice_without_markers(text: str) -> None:
    cleaned = clean(text)
    for passage in split(cleaned):
        assert display(cleaned, passage.start, passage.end) == passage.text
        for sentence in passage.sentences:
            assert display(cleaned, sentence.start, sentence.end) == sentence.text


@given(any_text)
@example(SAMPLE)
def test_a_part_of_a_sentence_knows_its_source(text: str) -> None:
    for passage in split(clean(text)):
        for sentence in passage.sentences:
            length = len(sentence.text)
            for start, end in [(0, length), (0, 1), (length - 1, length), (length // 3, length // 3 + 1)]:
                first, after = sentence.source_span(start, end)
                assert (text[first], text[after - 1]) == (sentence.text[start], sentence.text[end - 1])
            assert sentence.source_span(0, length) == (sentence.start, sentence.end)


@given(any_text)
@example(SAMPLE)
def test_sentences_tile_their_passage_in_order(text: str) -> None:
    cleaned = clean(text)
    for passage in split(cleaned):
        first, last = passage.sentences[0], passage.sentences[-1]
        assert (passage.start, passage.end) == (first.start, last.end)
        assert letters("".join(s.text for s in passage.sentences)) == letters(passage.text)
        pairs = zip(passage.sentences, passage.sentences[1:], strict=False)
        assert all(a.end <= b.start and not letters(display(cleaned, a.end, b.start)) for a, b in pairs)


@given(any_text)
@example(SAMPLE)
def test_every_letter_outside_the_article_marks_is_in_exactly_one_passage(text: str) -> None:
    cleaned = clean(text)
    sections = "".join(cleaned.text[s.start : s.end] for s in find_sections(cleaned.text))
    assert letters("".join(p.text for p in split(cleaned))) == letters(sections)


@given(any_text, st.integers(20, 500))
def test_a_passage_over_the_size_is_one_sentence(text: str, size: int) -> None:
    for passage in split(clean(text), size=size):
        assert len(passage.text) <= size or len(passage.sentences) == 1
        assert all(len(s.text) <= MAX_SENTENCE for s in passage.sentences)


@given(any_text)
def test_no_sentence_is_blank_or_padded(text: str) -> None:
    for passage in split(clean(text)):
        for sentence in passage.sentences:
            assert sentence.text == sentence.text.strip()
            assert letters(sentence.text)


@given(st.lists(plain_sentences, min_size=1, max_size=40))
def test_ordinary_sentences_come_out_whole(sentences: list[str]) -> None:
    passages = split(clean("".join(sentences)))
    assert [s.text for p in passages for s in p.sentences] == sentences


@given(texts)
@example(SAMPLE)
def test_no_passage_crosses_an_article_mark(text: str) -> None:
    cleaned = clean(text * 3)
    marks = [cleaned.source_span(m.start, m.end) for m in find_marks(cleaned.text)]
    for passage in split(cleaned):
        assert all(passage.end <= start or end <= passage.start for start, end in marks)


def test_a_sentence_ends_at_its_stop_with_the_closing_signs() -> None:
    text = "他说：“崛起靠干。”真的吗？！是的……（见附件。）GDP grew 5.2 percent. It was 3.1 before。增长2.5%。"
    assert [s.text for p in split(clean(text)) for s in p.sentences] == [
        "他说：“崛起靠干。”",
        "真的吗？！",
        "是的……",
        "（见附件。）",
        "GDP grew 5.2 percent.",
        "It was 3.1 before。",
        "增长2.5%。",
    ]


def test_a_sentence_of_ten_thousand_characters_is_cut_at_its_clauses() -> None:
    clause = "推动中部地区高质量发展，"
    passages = split(clean(clause * 834))
    pieces = [s.text for p in passages for s in p.sentences]
    assert "".join(pieces) == clause * 834
    assert all(piece.endswith("，") and len(piece) <= MAX_SENTENCE for piece in pieces)
    assert {len(piece) for piece in pieces[:-1]} == {MAX_SENTENCE // len(clause) * len(clause)}


def test_text_without_any_letters_has_no_passages() -> None:
    assert split(clean("")) == []
    assert split(clean("。。。！？\n——……")) == []


def test_neighbouring_passages_are_of_even_length() -> None:
    sentence = "推动中部地区加快崛起是一项重大战略任务。"
    lengths = [len(p.text) for p in split(clean(sentence * 16))]
    assert lengths == [len(sentence) * 8, len(sentence) * 8]


def sections_of(passages: list[Passage]) -> list[str]:
    return list(dict.fromkeys(p.section for p in passages))


def test_real_documents_are_split_within_the_bound() -> None:
    for text in [SAMPLE, *(p.read_text(encoding="utf-8") for p in REPORTS)]:
        passages = split(clean(text))
        assert sections_of(passages) == list(dict.fromkeys(s.label for s in find_sections(clean(text).text)))
        assert all(len(p.text) <= MAX_PASSAGE or len(p.sentences) == 1 for p in passages)
