"""Stores of variants: made on the product's own way, going on where they were stopped, offsets as in the clean one."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from fake_encoder import HashEncoder
from samples import SAMPLE, filled

from eval.lines import DatasetError
from eval.robustness.stores import clear_store, extended_store, make_store, read_distractors, rewritten_texts
from eval.robustness.variants import VARIANTS
from index.documents import find
from index.errors import JudianError
from index.intake.ingest import add
from index.store import Store

FIRST, SECOND = "中部地区推动高质量发展。\n守住生态底线。\n", "粮食产量占全国三成。"
FILES = {"甲.txt": FIRST, "夹/乙.txt": SECOND}


def texts(store: Store) -> dict[str, str]:
    return {d.name: store.text(d.name) for d in store.documents()}


def rewrite(text: str, key: str) -> str:
    return text.replace("中部", f"{key[0]}部")


def test_documents_are_rewritten_by_their_names(tmp_path: Path) -> None:
    assert rewritten_texts(filled(tmp_path, FILES), rewrite) == {
        "甲.txt": FIRST.replace("中部", "甲部"),
        "夹/乙.txt": SECOND,
    }


def test_a_rewriting_that_moves_offsets_is_a_fault(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="keep its length"):
        rewritten_texts(filled(tmp_path, FILES), lambda text, key: text + key)


@pytest.mark.parametrize("name", ["document-ocr-20", "traditional-documents"])
def test_the_store_of_a_variant_has_the_same_names_and_offsets(tmp_path: Path, name: str) -> None:
    base = filled(tmp_path, {"七篇.txt": SAMPLE})
    change = VARIANTS[name].documents
    assert change is not None
    changed = rewritten_texts(base, change)
    store = make_store(tmp_path / "variant", HashEncoder(), changed)
    assert texts(store) == changed
    assert changed["七篇.txt"] != SAMPLE
    [passage, *_] = store.passages([store.passage_headers()[3].id])
    stretch = changed["七篇.txt"][passage.passage.start : passage.passage.end]
    assert stretch.startswith(passage.passage.text[:5])


def test_a_store_that_is_there_encodes_nothing_again(tmp_path: Path) -> None:
    make_store(tmp_path, HashEncoder(), FILES)
    encoder = HashEncoder()
    assert texts(make_store(tmp_path, encoder, FILES)) == FILES
    assert encoder.passages == 0
    assert texts(make_store(tmp_path, encoder, {"甲.txt": SECOND})) == {"甲.txt": SECOND}
    clear_store(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_lone_carriage_return_moves_no_offset(tmp_path: Path) -> None:
    store = make_store(tmp_path, HashEncoder(), {"甲.txt": "中部地区。\r\n守住底线。\r推动发展。"})
    assert texts(store) == {"甲.txt": "中部地区。\n\n守住底线。\n推动发展。"}


def test_a_document_that_cannot_be_indexed_is_named(tmp_path: Path) -> None:
    with pytest.raises(JudianError, match=r"文档 空.txt 不能放进评测用的库：文件是空的"):
        make_store(tmp_path, HashEncoder(), {"空.txt": " "})


def test_further_documents_are_added_to_a_copy(tmp_path: Path) -> None:
    base = filled(tmp_path / "base", FILES)
    encoder = HashEncoder()
    store = extended_store(tmp_path / "variant", base, encoder, {"丙.txt": "今天下雨。", "又.txt": SECOND})
    assert texts(store) == {**FILES, "丙.txt": "今天下雨。"}
    assert texts(base) == FILES
    assert encoder.passages == 1


def test_a_copy_is_used_again_until_its_store_changes(tmp_path: Path) -> None:
    base = filled(tmp_path / "base", FILES)
    extended_store(tmp_path / "variant", base, HashEncoder(), {"丙.txt": "今天下雨。"})
    again = HashEncoder()
    extended_store(tmp_path / "variant", base, again, {"丙.txt": "今天下雨。"})
    assert again.passages == 0
    base.remove(["甲.txt"])
    assert texts(extended_store(tmp_path / "variant", base, again, {})) == {"夹/乙.txt": SECOND}
    (tmp_path / "new.txt").write_text(FIRST, encoding="utf-8")
    list(add(base, again, list(find([tmp_path / "new.txt"]))))
    assert texts(extended_store(tmp_path / "variant", base, again, {})) == {"夹/乙.txt": SECOND, "new.txt": FIRST}


def test_a_further_document_of_the_same_name_stands_beside_the_first(tmp_path: Path) -> None:
    base = filled(tmp_path / "base", FILES)
    store = extended_store(tmp_path / "variant", base, HashEncoder(), {"甲.txt": "今天下雨。"})
    assert sorted(texts(store).values()) == sorted([FIRST, SECOND, "今天下雨。"])


def test_distractors_come_from_files_folders_and_lines(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    for name in ("b.txt", "a.md"):
        (tmp_path / "folder" / name).write_text(name, encoding="utf-8")
    (tmp_path / "news.txt").write_text("一则\n\n二则\n", encoding="utf-8")
    values = [{"_id": "1", "title": "题", "text": "文"}, {"text": "无题"}]
    (tmp_path / "corpus.jsonl").write_text("\n".join(map(json.dumps, values)), encoding="utf-8")
    paths = [tmp_path / "folder", tmp_path / "corpus.jsonl", tmp_path / "news.txt"]
    folder, lines = {"a.md": "a.md", "b.txt": "b.txt"}, {"corpus-00001.txt": "题\n文", "corpus-00002.txt": "无题"}
    assert read_distractors(paths, 9, False) == {**folder, **lines, "news.txt": "一则\n\n二则\n"}
    assert read_distractors(paths, 9, True) == {**folder, **lines, "news-00001.txt": "一则", "news-00003.txt": "二则"}
    assert read_distractors([tmp_path / "folder"] * 2, 3, False) == {**folder, "3-a.md": "a.md"}
    assert list(read_distractors(paths, 3, True)) == ["a.md", "b.txt", "corpus-00001.txt"]


@pytest.mark.parametrize("line", ["{", "[]", '{"title": "题"}', '{"text": 3}'])
def test_a_bad_line_is_named(tmp_path: Path, line: str) -> None:
    (tmp_path / "corpus.jsonl").write_text(f'{{"text": "文"}}\n{line}', encoding="utf-8")
    with pytest.raises(DatasetError, match=r"corpus.jsonl 第 2 行：应是带字段 text 的 JSON 对象"):
        read_distractors([tmp_path / "corpus.jsonl"], 9, False)


def test_no_distractors_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(JudianError, match="没有可以掺入的文档"):
        read_distractors([tmp_path / "empty"], 9, False)
    (tmp_path / "empty" / "图.xyz").write_bytes(b"")
    with pytest.raises(JudianError, match=r"图.xyz：不认识的文件类型"):
        read_distractors([tmp_path / "empty"], 9, False)
    with pytest.raises(JudianError, match="找不到"):
        read_distractors([tmp_path / "nowhere"], 9, True)
