"""A sentence of the evidence -> the name of the document or section that has to stand in front of it to be understood. Pure."""

from __future__ import annotations

import re
from pathlib import Path

from index.folding import bare
from rag.evidence import Evidence

_RELATIVE = re.compile(
    r"(?:今|去|明|本|上|当|前|次)年(?!龄)|本年度|上年度|[本上下]个?[季月](?:度|初|末|底)?|这[一两三四五六七八九十]年|(?:过去|未来|今后)[一两三四五六七八九十几]年|年[初底末内](?=[,，。])|今后"
)
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_DATED = re.compile(r"(?<!\d)(?:19|20)\d\d年")
_WHO = re.compile(
    r"^(?:(?:首先|其次|再次|最后|此外|同时|另外|接着|随后|其中|总之|综上所述|在|于|自|截至|为了?)[^。；;]{0,24}?[，,]?)?"
    r"(?:本|该|我|贵|全|这家)?(?:公司|集团|企业|银行|行|院|校|所|中心|机构|医院|单位|协会|基金|项目)(?![一-龥]{0,8}(?:有限|股份))|我们|本报告|本(?:行|院|所|校|市|省|县|区|局)"
)


NAMED = 4  # letters in a row by which a question names a document


def label(evidence: Evidence, shown: str, documents: int, question: str = "") -> str:
    """The document's name without its ending, or "" where the shown words need none.

    They need it where they say “this year” and the name (or the section) tells which; where they leave out the subject
    that question and name both have; and where they speak of “the company” and `documents`, from which the evidence
    comes, are several.
    """
    name = Path(evidence.hit.document).stem
    if name in shown:
        return ""
    if _RELATIVE.search(shown) and not _DATED.search(shown):
        if _YEAR.search(name):
            return name
        section = evidence.hit.section.split(" · ")[0]
        if _YEAR.search(section):
            return section
    subject = _shared(bare(question), bare(name))
    if subject and subject not in bare(shown):
        return name
    return name if documents > 1 and _WHO.search(shown) else ""


def _shared(question: str, name: str) -> str:
    """The longest run of letters, NAMED or more, that both have; the number of a year does not count."""
    for length in range(len(name), NAMED - 1, -1):
        for start in range(len(name) - length + 1):
            run = name[start : start + length]
            if run in question and not run.isdigit():
                return run
    return ""
