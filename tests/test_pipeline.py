"""The pipeline: order, batches, bounds, and what is left when something in it stops."""

from __future__ import annotations

import threading
from collections.abc import Generator, Iterable, Sequence
from pathlib import Path

import numpy as np
import pytest
from fake_encoder import HashEncoder

from index.documents import Document
from index.encoder import Vectors
from index.extract import Extract
from index.intake.buffer import Buffer, Closed
from index.intake.pipeline import CHUNK, POOL, RefusedError, Written, batches, run
from index.intake.prepare import Job, Prepared, Refused, Result
from index.intake.progress import Work


class Ready:
    """A reader of results that are there already."""

    def __init__(self, results: Sequence[Result], error: Exception | None = None) -> None:
        self._results = results
        self._error = error
        self.stopped = False
        self.given = 0

    def results(self, jobs: Iterable[Job]) -> Generator[Result, None, None]:
        for result in self._results:
            self.given += 1
            yield result
        if self._error:
            raise self._error

    def stop(self) -> None:
        self.stopped = True


class Recorder(HashEncoder):
    """Keeps the sizes of what it is given."""

    def __init__(self) -> None:
        super().__init__(dim=8)
        self.batches: list[list[int]] = []

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        self.batches.append([len(text) for text in texts])
        return super().encode_passages(texts)


class Constant(HashEncoder):
    """One vector for everything, at once."""

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        return np.ones((len(texts), self.dim), np.float32)


def prepared(number: int, texts: Sequence[str], rows: Sequence[int] | None = None) -> Prepared:
    doc = Document(f"{number}.txt", f"/{number}.txt", str(number), Extract("文"))
    return Prepared(number, doc, (), tuple(texts), tuple(rows if rows is not None else range(len(texts))))


def test_results_come_in_order_with_the_vectors_that_they_want() -> None:
    encoder = HashEncoder(dim=8)
    written: dict[int, Vectors] = {}
    items: list[Result] = [prepared(0, ["长长长的一句", "短"], [1, 0, 1]), Refused(1, "坏了"), prepared(2, ["又一句"])]
    done = list(run(Ready(items), [], encoder, lambda item, vectors: written.update({item.number: vectors})))
    assert done == [Written(0, 0), Refused(1, "坏了"), Written(2, 0)]
    np.testing.assert_array_equal(written[0], encoder.encode_passages(["短", "长长长的一句", "短"]))
    np.testing.assert_array_equal(written[2], encoder.encode_passages(["又一句"]))


def test_texts_of_many_documents_are_encoded_together_by_length() -> None:
    encoder = Recorder()
    gate = threading.Event()

    class Late(Ready):
        def results(self, jobs: Iterable[Job]) -> Generator[Result, None, None]:
            yield from super().results(jobs)
            gate.set()

    def first(result: Result) -> None:
        assert gate.wait(10)  # all is read before the first group is made

    documents = [prepared(n, [f"{n}" * (1 + (7 * n + i) % 40) for i in range(15)]) for n in range(200)]
    list(run(Late(documents), [], encoder, lambda item, vectors: None, first))
    sizes = [len(batch) for batch in encoder.batches]
    assert sum(sizes) == 200 * 15
    assert all(batch == sorted(batch) for batch in encoder.batches)
    assert sizes.count(CHUNK) >= 200 * 15 // CHUNK - 3
    pool = [length for batch in encoder.batches[: POOL // CHUNK] for length in batch]
    assert pool == sorted(pool)


def test_every_text_is_in_one_batch_and_lengths_rise() -> None:
    texts = ["文" * (n * 37 % 101) for n in range(300)]
    found = list(batches(texts))
    assert sorted(row for rows in found for row in rows) == list(range(300))
    assert [len(texts[row]) for rows in found for row in rows] == sorted(map(len, texts))
    assert [len(rows) for rows in found] == [64, 64, 64, 64, 44]


def test_what_the_store_does_not_take_fails_alone() -> None:
    def write(item: Prepared, vectors: Vectors) -> None:
        if item.number == 1:
            raise RefusedError("写不进去")

    done = list(run(Ready([prepared(n, ["文"]) for n in range(3)]), [], HashEncoder(dim=8), write))
    assert done == [Written(0, 0), Refused(1, "写不进去"), Written(2, 0)]


@pytest.mark.parametrize("count", [1, 3, 3000])
def test_a_store_that_cannot_be_written_ends_it(count: int) -> None:
    def write(item: Prepared, vectors: Vectors) -> None:
        raise OSError("disk full")

    before = threading.active_count()
    reader = Ready([prepared(n, ["文" * 900]) for n in range(count)])
    with pytest.raises(OSError, match="disk full"):
        list(run(reader, [], HashEncoder(dim=8), write))
    assert reader.stopped
    assert threading.active_count() == before


def test_a_reader_that_raises_ends_it_after_what_it_gave() -> None:
    written: list[int] = []
    reader = Ready([prepared(0, ["文"])], ValueError("broken"))
    with pytest.raises(ValueError, match="broken"):
        list(run(reader, [], HashEncoder(dim=8), lambda item, vectors: written.append(item.number)))
    assert written == [0]


def test_closed_early_it_writes_what_was_encoded_and_leaves_no_thread() -> None:
    written: list[int] = []
    before = threading.active_count()
    reader = Ready([prepared(n, ["文"] * 1) for n in range(50)])
    done = run(reader, [], HashEncoder(dim=8), lambda item, vectors: written.append(item.number))
    assert next(done) == Written(0, 0)
    done.close()
    assert reader.stopped
    assert written == list(range(len(written)))
    assert threading.active_count() == before


def test_reading_waits_for_the_encoder() -> None:
    text = "文" * 1_000_000
    reader = Ready([prepared(n, [text]) for n in range(30)])
    done = run(reader, [], Constant(), lambda item, vectors: None)
    next(done)
    assert reader.given < 25
    done.close()


def test_a_buffer_is_bounded_by_weight_and_lets_one_heavy_item_in() -> None:
    buffer = Buffer[str](10)
    buffer.put("重", 100)
    late = threading.Thread(target=lambda: buffer.put("轻", 1))
    late.start()
    late.join(0.1)
    assert late.is_alive()
    assert buffer.take() == "重"
    late.join(5)
    assert (buffer.take(), buffer.take(wait=False)) == ("轻", None)
    buffer.finish()
    assert buffer.take() is None
    buffer.close()
    with pytest.raises(Closed):
        buffer.put("没人要", 1)


def test_work_left_is_told_by_the_size_of_files_until_they_are_read() -> None:
    work = Work({0: (".txt", 1_000_000), 1: (".txt", 3_000_000), 2: (".pdf", 10_000_000)})
    assert work.total == 800_000 + 2_400_000 + 500_000
    work.read(0, 2_000_000)  # two characters to encode for each byte, not .8
    assert work.total == pytest.approx(2_000_000 + 6_000_000 + 500_000, rel=0.05)
    work.read(1, 0)
    work.read(2, 7)
    work.encoded(2_000_007)
    assert (work.done, work.total) == (2_000_007, 2_000_007)


def test_a_file_read_from_here_on_needs_no_size(tmp_path: Path) -> None:
    work = Work({0: (".txt", 0)})
    work.read(0, 5)
    assert work.total == 5
