"""The name in front of a claim: where the words alone do not say which year or which company."""

from __future__ import annotations

import pytest
from evidences import evidence

from rag.labels import label

REPORT, COMPANY, SPEECH = "政府工作报告2013.pdf", "乙科技有限公司.md", "讲话.txt"


@pytest.mark.parametrize(
    ("document", "section", "shown", "documents", "question", "name"),
    [
        (REPORT, "", "今年拟安排财政赤字1.2万亿元。", 1, "", "政府工作报告2013"),
        (REPORT, "", "今年代地方发债2000亿元。", 1, "", "政府工作报告2013"),
        (REPORT, "", "去年粮食增产。", 3, "", "政府工作报告2013"),
        (REPORT, "", "2012年粮食增产，为今年打下基础。", 3, "", ""),
        (REPORT, "", "粮食增产。", 3, "", ""),
        (SPEECH, "三、2011年的工作 · 农业", "今年粮食增产。", 1, "", "三、2011年的工作"),
        (SPEECH, "第一篇", "今年是关键一年。", 1, "", ""),
        (COMPANY, "", "此外，公司投资了新项目。", 2, "", "乙科技有限公司"),
        (COMPANY, "", "此外，公司投资了新项目。", 1, "", ""),
        (COMPANY, "", "乙科技有限公司投资了新项目。", 2, "乙科技有限公司投资了什么？", ""),
        (COMPANY, "", "净利润达到2亿元。", 1, "乙科技有限公司的净利润是多少？", "乙科技有限公司"),
        (SPEECH, "", "净利润达到2亿元。", 2, "乙科技有限公司的净利润是多少？", ""),
    ],
)
def test_a_name_stands_where_it_is_needed(
    document: str, section: str, shown: str, documents: int, question: str, name: str
) -> None:
    assert label(evidence(shown, document=document, section=section), shown, documents, question) == name
