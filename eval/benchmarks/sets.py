"""The public sets this package knows: what each is called, its licence, the rule of scoring, and how it is read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from eval.benchmarks import cjrc, dragonball, rgb
from eval.benchmarks.cases import Part
from eval.lines import DatasetError

BEIR_FILES = ("corpus.jsonl", "queries.jsonl", "qrels.tsv")


@dataclass(frozen=True, slots=True)
class PublicSet:
    """One folder of a public set. `title`, `rule` and `notes` are Chinese, for the page.

    `parts` reads what is answered (None: nothing is), `retrieval` says whether its judgements are searched too.
    """

    name: str
    title: str
    licence: str
    rule: str
    notes: tuple[str, ...] = ()
    parts: Callable[[Path], list[Part]] | None = None
    retrieval: bool = False


_RGB_RULE = (
    "每题给 5 篇文档，按 RGB 公布的程序抽取（每题前种子 2333）；回答里去空格、不分大小写含有全部答案才算对"
    "（Chen 等 2023，arXiv:2309.01431）。原程序以“信息不足”四字认定拒答，据典以拒答标志认定。"
)
_RGB_NOTES = (
    "手头这份只有原集的一半题目（编号为偶数的题）。",
    "规则不限回答长度，抄录原文的回答容易“含有答案”；因此另列回答字数。",
)
_KIN = "默认编码器 m3e-small 训练时用过 cmrc2018、drcd 的同类数据，这两个集上的检索数字偏高，不代表没见过的文档。"
_RETRIEVAL_RULE = "以段落编号判定：题目标注的段落排在第几位（Thakur 等 2021，BEIR，arXiv:2104.08663）。"

_SETS = (
    PublicSet("cmrc2018", "CMRC 2018 开发集（百科，检索）", "CC BY-SA 4.0", _RETRIEVAL_RULE, (_KIN,), retrieval=True),
    PublicSet("drcd", "DRCD 开发集（繁体百科，检索）", "CC BY-SA 3.0", _RETRIEVAL_RULE, (_KIN,), retrieval=True),
    PublicSet(
        "rgb_zh_refine", "RGB 中文：噪声与拒答", "CC BY-NC-SA 4.0", _RGB_RULE,
        (
            *_RGB_NOTES,
            "这里用的是原作者修订过的 refine 版（修正了答案与文档），公布的数字出自修订前的版本。",
            "“拒答率”只数真的拒答；“拒答或答对”是原程序在全噪声时的计法。",
        ),
        rgb.noise_parts, retrieval=True,
    ),
    PublicSet("rgb_zh_int", "RGB 中文：信息整合", "CC BY-NC-SA 4.0", _RGB_RULE, _RGB_NOTES, rgb.integration_parts),
    PublicSet(
        "rgb_zh_fact", "RGB 中文：反事实文档", "CC BY-NC-SA 4.0", _RGB_RULE,
        (
            *_RGB_NOTES,
            "“全被改成错误答案”：据典只说文档所说，不用模型的常识改正文档，在这一项上照抄是设计使然。",
            "“对错各半”是本项目加的一部分，原程序没有：每题按种子 2333 打乱成对的文档（原文、改成错误答案的同一篇），取前 5 对，"
            "前 3 对给原文、后 2 对给改过的（不足 5 对时原文占多的一半，只有 1 对时两篇都给），再打乱次序。"
            "回答里两个答案都说到，或者明说来源说法不一，才算指出；错误答案与正确答案写法相同、或只有一个字的 2 题不用。",
        ),
        rgb.counterfactual_parts,
    ),
    PublicSet(
        "dragonball_zh", "DragonBall 中文：公司年报", "CC BY-NC-SA 4.0",
        "在全部 108 份文档里检索并作答；引用、检索、拒答用本项目的指标，ROUGE-L 按字（Lin 2004）。",
        (
            "论文的要点完整度由语言模型评判（Zhu 等 2024，arXiv:2408.01262）。这里的“要点（字对包含）”是确定性的替代："
            f"要点的相邻字对有 {dragonball.STATED:.0%} 出现在回答里就算说到，与论文的数字不可比。",
            "据典的拒答权重拟合时用过 50 道公司年报的题，其中 25 道无答案（docs/experiments.md）；这个集的无答案题不过 50 道，"
            "这里的拒答数字应看作偏乐观。",
            "原集有 3 道标准答案是“无法回答”的题标成可回答，这里按无答案计。",
        ),
        dragonball.parts, retrieval=True,
    ),
    PublicSet(
        "cjrc_law", "CJRC 开发集：裁判文书", "未注明",
        "每题给定所属段落；完全一致与字 F1 按 CMRC 2018 评分规则，对多个参考答案取最好的。",
        (
            "参考答案是短语，部分是 YES/NO；据典用整句回答并附引用，所以完全一致接近 0、F1 偏低。“含有答案”不受句子长短影响，"
            "只算参考答案是原文片段的题。",
            "标为无答案的 1,420 题里有 231 题至少一名标注者给了答案；“公认无答案”只算其余的题。",
        ),
        cjrc.parts,
    ),
)  # fmt: skip
SETS: Mapping[str, PublicSet] = {public.name: public for public in _SETS}


def find_sets(data: Path, only: tuple[str, ...] = ()) -> list[tuple[PublicSet, Path]]:
    """The sets whose folders are in `data`: those known, in their order, then any other in BEIR layout (search only).

    Raises DatasetError when `only` names a folder that is not there, or nothing is found.
    """
    if not data.is_dir():
        raise DatasetError(f"找不到文件夹 {data}。请用 --data 给出放评测集的文件夹。")
    there = {folder.name: folder for folder in sorted(data.iterdir()) if _is_beir(folder)}
    unknown = [name for name in only if name not in there]
    if unknown:
        raise DatasetError(f"{data} 里没有评测集 {'、'.join(unknown)}。现有：{'、'.join(there) or '（无）'}。")
    names = [name for name in [*SETS, *there] if name in there and (not only or name in only)]
    if not names:
        raise DatasetError(f"{data} 里没有评测集：每个子文件夹应有 {'、'.join(BEIR_FILES)}。")
    return [(SETS.get(name) or find_unknown(name), there[name]) for name in dict.fromkeys(names)]


def _is_beir(folder: Path) -> bool:
    return all((folder / name).is_file() for name in BEIR_FILES)


def find_unknown(name: str) -> PublicSet:
    """A set that is not known: its folder is searched."""
    return PublicSet(name, name, "未注明", _RETRIEVAL_RULE, retrieval=True)
