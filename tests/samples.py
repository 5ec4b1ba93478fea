"""Chinese texts for tests: hypothesis strategies, the sample corpus, small stores."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path

from fake_encoder import HashEncoder
from hypothesis import strategies as st

from index.documents import Document, SourceFile
from index.extract import Extract
from index.intake.ingest import add
from index.store import Store

ROOT = Path(__file__).parents[1]
SAMPLE_FILE = ROOT / "data" / "corpus" / "七篇发言稿.txt"
SAMPLE = SAMPLE_FILE.read_text(encoding="utf-8")
REPORTS = sorted((ROOT.parent / "shared" / "benchmarks" / "government_work_reports").glob("*.txt"))

LETTERS = "中部地区高质量发展推动创新产业生态保护开放协调共享绿色城市人才粮食能源改革第一二三篇章试点"
SIGNS = "，。！？；：、“”（）…《》,.;:!?()\"'-—"
OTHERS = "ABcd0123456789%１２ＡＢ\u3000 \u00a0\u200b\ufeff\t𠀀é"

chinese = st.text(alphabet=LETTERS + SIGNS + OTHERS, max_size=60)
pieces = st.one_of(
    chinese,
    st.sampled_from(
        [
            "\n",
            "\n\n",
            "第 3 页 共 17 页",
            "- 12 -",
            "3 / 17",
            "《甲.docx》由会员分享,可在线阅读,更多相关《甲.docx(17页珍藏版)》请在文库上搜索。",
            "第一篇",
            "第二篇",
            "第三章",
            "弟二扁",
            "一、总体要求",
            "（二）主要任务。",
            "# 标题",
            "1、",
            "2、",
            "\n3、",
            "句子一到这里为止。",
            "一句话没有标点" * 12,
        ]
    ),
)
texts = st.lists(pieces, max_size=25).map("".join)
"""Documents of words, signs, page marks, markers, headings and line ends, in any mixture."""

plain_sentences = st.text(alphabet=LETTERS + "，、0123456789%", min_size=8, max_size=50).map(lambda s: f"中部{s}地区。")


def document(name: str, text: str, folder: str = "/文件") -> Document:
    """A document as read from `folder`."""
    return Document(name, f"{folder}/{name}", hashlib.sha256(text.encode()).hexdigest(), Extract(text))


def write(folder: Path, files: Mapping[str, str]) -> list[SourceFile]:
    """The files, written and named by their place in `folder`."""
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return [SourceFile(folder / name, name) for name in files]


def filled(folder: Path, files: Mapping[str, str], encoder: HashEncoder | None = None) -> Store:
    """A store in `folder`/库 that holds the files."""
    encoder = encoder or HashEncoder()
    store = Store.create(folder / "库", encoder.name, encoder.dim)
    for verdict in add(store, encoder, write(folder / "原件", files)):
        assert not verdict.reason
    return store
