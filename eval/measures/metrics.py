"""The metrics: what each is called, what it means, its formula and paper, and which direction is better."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from eval.measures.ranking import CUTOFFS

Group = Literal["answers", "ranking", "sets", "citations", "refusal", "confidence", "time"]
GROUP_TEXT: Mapping[Group, str] = {
    "answers": "回答",
    "ranking": "检索",
    "sets": "检索（只在公开数据集上测）",
    "citations": "引用",
    "refusal": "拒答",
    "confidence": "可信度",
    "time": "用时",
}


@dataclass(frozen=True, slots=True)
class Metric:
    """One metric. `title` and `definition` are Chinese, for the report; `unit` says how a value is written."""

    name: str
    title: str
    group: Group
    better: Literal["higher", "lower"]
    unit: Literal["share", "number", "seconds"]
    definition: str
    formula: str
    paper: str


def _at_cutoffs(
    name: str, title: str, definition: str, formula: str, paper: str, group: Group = "ranking"
) -> list[Metric]:
    return [
        Metric(f"{name}@{k}", f"{title}@{k}", group, "higher", "share", definition.format(k=k), formula.format(k=k), paper)
        for k in CUTOFFS
    ]  # fmt: skip


def _of_set(prefix: str, thing: str, within: str, paper: str) -> list[Metric]:
    """Metrics of `python -m eval retrieval` that only some sets can measure, such as those of evidence quotes."""
    return [
        *_at_cutoffs(
            prefix, f"任一{thing}", f"前 {{k}} {within}里至少有一{thing}的题占比。",
            f"至少一{thing}名次 ≤ {{k}} 的题数 ÷ 题数", paper, "sets",
        ),
        *_at_cutoffs(
            f"{prefix}_recall", f"{thing}召回", f"前 {{k}} {within}里有的{thing}占全部，逐题平均。",
            f"|前 {{k}} 名中的{thing}| ÷ |{thing}|", paper, "sets",
        ),
        *_at_cutoffs(
            f"{prefix}_all", f"全部{thing}", f"前 {{k}} {within}里{thing}全有的题占比。",
            f"全部{thing}名次 ≤ {{k}} 的题数 ÷ 题数", paper, "sets",
        ),
        Metric(
            f"{prefix}_mrr@10", f"{thing} MRR@10", "sets", "higher", "number",
            f"第一{thing}名次的倒数，前 10 名之外记 0，逐题平均。", "1 ÷ 名次", "Voorhees 1999，TREC-8 问答",
        ),
    ]  # fmt: skip


_BEIR = "Thakur 等 2021，BEIR（arXiv:2104.08663）"
_ALCE = "Gao 等 2023，ALCE（arXiv:2305.14627）；以数字与字对的包含度代替其蕴涵模型"

_ALL = [
    Metric(
        "accuracy", "答对率", "answers", "higher", "share",
        "答对的题占全部题。可回答的题：没有拒答，说全了每个事实，去掉引用标记后不超过 120 字加标准答案的 4 倍；无答案的题：拒答；错误前提的题：拒答，或说出正确的事实。",
        "答对题数 ÷ 题数",
        "本项目的规则；按事实判断同 Min 等 2023，FActScore（arXiv:2305.14251）的思路",
    ),
    Metric(
        "exact_match", "完全一致", "answers", "higher", "share",
        "可回答的题中，去掉标点后与标准答案一字不差的占比（拒答记 0）。回答是整句、标准答案是短语时自然很低。",
        "一致的题数 ÷ 可回答的题数",
        "Cui 等 2019，CMRC 2018（arXiv:1810.07366）",
    ),
    Metric(
        "char_f1", "字 F1", "answers", "higher", "share",
        "回答与标准答案的最长连续公共片段（汉字按字、字母数字按词）的精确率与召回率的调和平均，可回答的题逐题平均（拒答记 0）。",
        "P = L ÷ |回答|，R = L ÷ |标准|，F1 = 2PR ÷ (P + R)",
        "Cui 等 2019，CMRC 2018 官方评分规则",
    ),
    Metric(
        "rouge_l", "ROUGE-L", "answers", "higher", "share",
        "同上，但 L 是最长公共子序列（可以不连续）的长度。",
        "P = L ÷ |回答|，R = L ÷ |标准|，F = 2PR ÷ (P + R)",
        "Lin 2004，ROUGE（ACL workshop）",
    ),
    *_at_cutoffs(
        "recall", "证据召回", "前 {k} 条检索结果里找到的标准证据占全部标准证据，逐题平均。",
        "|前 {k} 条中的证据| ÷ |证据|", _BEIR,
    ),
    *_at_cutoffs(
        "hit", "任一证据", "前 {k} 条检索结果里找到至少一条标准证据的题占比。", "至少一条证据名次 ≤ {k} 的题数 ÷ 题数", _BEIR
    ),
    *_at_cutoffs(
        "all", "全部证据", "前 {k} 条检索结果里找全所有标准证据的题占比。", "全部证据名次 ≤ {k} 的题数 ÷ 题数",
        "Yang 等 2018，HotpotQA（arXiv:1809.09600）的支撑事实全中",
    ),
    Metric(
        "mrr@10", "MRR@10", "ranking", "higher", "number",
        "第一条标准证据名次的倒数，前 10 条之外记 0，逐题平均。", "1 ÷ 名次", "Voorhees 1999，TREC-8 问答",
    ),
    Metric(
        "ndcg@10", "nDCG@10", "ranking", "higher", "number",
        "越靠前的证据得分越高：每条命中按它新带来的证据条数计分，以对数名次折扣，再除以最好的排法。",
        "DCG = Σ 新证据数 ÷ log2(名次 + 1)；nDCG = DCG ÷ 最好排法的 DCG",
        "Järvelin & Kekäläinen 2002（ACM TOIS 20）",
    ),
    *_of_set("evidence", "句原文证据", "个段落", "Zhu 等 2024，RAGEval（arXiv:2408.01262）的证据原句"),
    *_of_set("groups", "组正例", "篇文档", "Chen 等 2023，RGB 的信息整合（arXiv:2309.01431）：每组正例说答案的一部分"),
    Metric(
        "citation_recall", "引用召回率", "citations", "higher", "share",
        "有引用、并且所引原文支撑得住的句子，占未拒答回答的全部句子。", "被所引原文支撑的句子 ÷ 全部句子", _ALCE,
    ),
    Metric(
        "citation_precision", "引用精确率", "citations", "higher", "share",
        "所在句子有所引原文支撑，并且单凭这一处就支撑得住、或少了它就支撑不住的引用，占全部引用。", "有用的引用 ÷ 全部引用", _ALCE,
    ),
    Metric(
        "sentence_support", "句子有据率", "citations", "higher", "share",
        "某一条检索结果支撑得住的句子占未拒答回答的全部句子，不论有没有标引用；没有引用的系统也能比。", "被检索结果支撑的句子 ÷ 全部句子",
        "Es 等 2023，RAGAS faithfulness（arXiv:2309.15217）；以数字与字对的包含度代替语言模型评判",
    ),
    Metric(
        "quotes_valid", "引文逐字相符", "citations", "higher", "share",
        "引文与原文该处去掉标记后的文字完全一致的引用，占全部引用。", "一字不差的引文 ÷ 全部引文",
        "Menick 等 2022，GopherCite（arXiv:2203.11147）的逐字引文",
    ),
    Metric(
        "evidence_cited", "引到标准证据", "citations", "higher", "share",
        "至少一条引文与标准证据重合的回答，占有标准证据的未拒答回答。", "引到证据的回答 ÷ 有证据的未拒答回答",
        "Bohnet 等 2022，Attributed QA（arXiv:2212.08037）",
    ),
    Metric(
        "unsupported_shown", "无据句子", "citations", "lower", "share",
        "既没有所引原文、也没有任何一条检索结果支撑得住的句子，占未拒答回答的全部句子。", "无据的句子 ÷ 全部句子",
        "Es 等 2023，RAGAS faithfulness（arXiv:2309.15217）的反面；以数字与字对的包含度代替语言模型评判",
    ),
    Metric(
        "declined_or_corrected", "拒答或纠正率", "refusal", "higher", "share",
        "无答案和错误前提的题中，如实拒答的，或者按原文说出正确事实的，占多少。", "（该拒且拒 + 纠正）÷ 该拒",
        "Chen 等 2023，RGB 的 rejection rate（arXiv:2309.01431），另计纠正",
    ),
    Metric(
        "refusal_precision", "拒答精确率", "refusal", "higher", "share",
        "该拒的拒答占全部拒答。", "该拒且拒 ÷ 全部拒答", "Rajpurkar 等 2018，SQuAD 2.0（arXiv:1806.03822）的无答案题",
    ),
    Metric(
        "refusal_recall", "拒答召回率", "refusal", "higher", "share",
        "无答案和错误前提的题中被拒答的占比（已纠正的错误前提不计）。", "该拒且拒 ÷ 该拒",
        "Chen 等 2023，RGB 的 rejection rate（arXiv:2309.01431）",
    ),
    Metric(
        "over_refusal", "误拒率", "refusal", "lower", "share",
        "被拒答的可回答题占可回答的题。", "不该拒却拒 ÷ 可回答的题", "Rajpurkar 等 2018，SQuAD 2.0",
    ),
    Metric(
        "aurc", "风险—覆盖面积", "confidence", "lower", "number",
        "把作答的题按置信度从高到低排，每个置信度以上答错的比例，按题平均。0 最好；置信度毫无用处时等于答错率。",
        "Σ 风险(置信度 ≥ c) ÷ 作答题数", "Geifman & El-Yaniv 2017（arXiv:1705.08500）",
    ),
    Metric(
        "ece", "校准误差", "confidence", "lower", "number",
        "作答的题按置信度分成十段，每段的平均置信度与实际答对率之差，按题数加权平均。",
        "Σ |段| ÷ 作答题数 · |答对率 − 平均置信度|", "Guo 等 2017（arXiv:1706.04599）",
    ),
    Metric(
        "retrieve_s", "检索用时（平均）", "time", "lower", "seconds",
        "从收到问题到检索完成的秒数，逐题平均。", "Σ 秒 ÷ 题数", "—",
    ),
    Metric(
        "first_token_s", "首字用时（平均）", "time", "lower", "seconds",
        "从收到问题到出现第一个字的秒数，逐题平均。", "Σ 秒 ÷ 题数", "—",
    ),
    Metric(
        "total_s", "全部用时（平均）", "time", "lower", "seconds",
        "从收到问题到回答完成的秒数，逐题平均。", "Σ 秒 ÷ 题数", "—",
    ),
]  # fmt: skip

METRICS: Mapping[str, Metric] = {metric.name: metric for metric in _ALL}
