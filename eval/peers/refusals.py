"""An answer's text -> whether it declines to answer: one rule for every system that has no flag for it. Pure."""

from __future__ import annotations

import re

OPENING = 60  # characters: who declines says so at once
SHORT = 100  # characters: an answer this short that says so anywhere says little else

_PHRASE = re.compile(
    r"不知道|不清楚|不了解|不确定(?!性)|抱歉|对不起|很遗憾|遗憾的是"
    r"|(?:无法|不能|难以|无从)[^，。；]{0,8}?(?:回答|确定|得知|判断|提供|找到|获知|了解|给出|查到)"
    r"|(?:没有|并无)[^，。；]{0,8}?(?:提到|提及|提供|说明|指出|给出|包含|包括|涉及|找到|查到|列出|记载|透露|介绍"
    r"|相关|足够|关于|信息|答案|记录|数据)"
    r"|(?:未(?!来)|未能|并未|尚未)(?:能|有|直接|明确|具体|详细|在[^，。；]{1,12}中)*"
    r"(?:提到|提及|提供|说明|指出|给出|包含|包括|涉及|找到|查到|列出|记载|透露|介绍|明确|具体)"
    r"|不(?:包含|包括|涉及|存在)[^。；]{0,20}?(?:信息|内容|答案|数据|记录)"
    r"|(?:do|does|did)(?:n['’]t| not) (?:\w+ )?(?:know|mention|contain|provide|specify|include|say|state|have)"
    r"|(?:can(?:not|['’]t| not)|unable to|not able to) (?:\w+ )?(?:answer|determine|find|provide|say|tell|be determined)"
    r"|(?:is|are|was|were)(?:n['’]t| not) (?:\w+ )?(?:mentioned|provided|specified|included|available|stated|given)"
    r"|\bno (?:\w+ ){0,2}(?:information|mention|answer|data)\b|none of the (?:\w+ )?sources|\bsorry\b|unfortunately"
    r"|^empty response$",
    re.IGNORECASE,
)


def is_refusal(text: str) -> bool:
    """Whether the text says, within its first OPENING characters or anywhere when it is no longer than SHORT, that
    it does not know or that the documents do not tell. It never looks at the question or the expected answer."""
    said = text.strip()
    return bool(_PHRASE.search(said if len(said) <= SHORT else said[:OPENING]))
