"""A text of a document -> whether it speaks to the answering system instead of informing; and texts made harmless. Pure.

Documents are data. A sentence that gives the system orders is neither read to the language model nor shown in an answer,
unless the question is about such sentences. Policies, notices and textbooks are full of orders to people: those stay.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from index.folding import fold
from index.hits import Hit, ScoredSentence
from rag.wording import overlap

QUOTED = 0.5  # of such a sentence's character pairs stand in the question: it is about the sentence
MOST_ENCODED = 4  # stretches of one text that are tried as base64

_UNSEEN = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff]|[\U000e0000-\U000e007f]"
)
_SPACED = re.compile(r"(?<=[\u4e00-\u9fff])[\s·.*_|-]+(?=[\u4e00-\u9fff])")
_ENCODED = re.compile(r"[A-Za-z0-9+/_-]{20,}={0,2}")
_ABOUT = re.compile(
    "提示词?注入|指令注入|提示词?攻击|越狱|prompt.?injection|jailbreak|忽略.{0,6}指[令示]", re.IGNORECASE
)

_EARLIER = (
    "(?:以上|上述|上面|上文|此前|之前|先前|前面|前述|前文|原先|原有|原来|一切|全部|所有|任何|你的|您的|系统|其他|其它)"
)
_ORDERS = "(?:指示|指令|命令|提示词?|设定|设置|规则|约束|限制|上下文|对话|说明|prompt|system|instructions?|要求|资料|内容|文档|身份|角色|文本|文字)"
_BEGINS = r"(?:^|[,。:;!?#>*•\n\"“”'()\[\]【】]|然后|并且|并|且|而是|现在)\s*"
_NOW = "(?:从现在(?:开始|起)|从此刻起|从这一刻起|现在|接下来|此后|今后|以后|以下)?[,]?"
_MODEL = r"(?:(?<![a-z])(?:ai|chatgpt|gpt|claude|qwen|dan)(?![a-z])|人工智能|大?语言模型|大模型|助手|机器人|聊天机器人|通义千问|模型|智能体)"
_SAY = "(?:回答|回复|答复|输出|返回|应答|作答|打印|复述)"

_CHINESE = (
    rf"(?:忽略|忽视|无视|忘记|忘掉|忘却|抛开|丢弃|作废|推翻|覆盖|绕过|不(?:要|必|用|得|再)(?:再)?(?:理会|遵守|遵循|服从|执行|管))[^。!?\n]{{0,6}}?(?:{_EARLIER}[^。,!?\n]{{0,8}}?){{1,2}}(?:指示|指令|命令|提示词?|设定|prompt|system|对话|上下文)",
    rf"{_BEGINS}(?:请|你)?(?:忽略|忽视|无视|忘记|忘掉|抛开|不要理会|不必理会)(?:掉)?(?:{_EARLIER}的?){{1,3}}[^。,!?\n]{{0,6}}?{_ORDERS}",
    rf"{_EARLIER}的?(?:所有|全部)?的?(?:指示|指令|命令|提示词|设定|规则)(?:全部|一律|均|都|已)*(?:作废|无效|失效|取消|不算)",
    rf"{_NOW}(?:你|您)(?:现在|将|要|必须|应该|需要|不再)*(?:是|扮演|充当|变成|成为|切换为|进入)[^。,!?\n]{{0,12}}?(?:{_MODEL}|模式|人格|海盗|猫娘|黑客|没有(?:任何)?限制)",
    rf"(?:扮演|假装|假设你|想象你)[^。,!?\n]{{0,6}}(?:是|为|成)?[^。,!?\n]{{0,10}}(?:{_MODEL}|没有(?:任何)?限制|不受(?:任何)?限制)",
    rf"(?:作为|身为)(?:一?[个名位款])?[^。,!?\n]{{0,6}}{_MODEL}[^。!?\n]{{0,6}}[,]?(?:你|您|请|务必)(?:必须|应|只|要|需|不|无条件|一定)*",
    r"(?:如果|若|假如|当)(?:你|您)(?:是|为)(?:一?[个名])?[^。,!?\n]{0,6}(?:ai|人工智能|语言模型|大模型|聊天机器人)",
    rf"(?:致|告诉|提醒|通知|注意)[^。,!?\n]{{0,8}}(?:阅读|读取|处理|读到|看到|总结|检索)(?:到|了)?(?:本|此|该|这)[^。,!?\n]{{0,8}}(?:的)?{_MODEL}",
    rf"{_MODEL}[^。!?\n]{{0,4}}(?:读到|看到|阅读到|处理到)(?:这里|此处|本文|本段|这段|这句|该段)",
    rf"{_BEGINS}{_NOW}(?:请|你|您|务必|必须)*(?:只|仅|一律|统一)(?:能|要|需|须|许|可以?|准|用|以)*{_SAY}(?![^。,!?\n]{{0,8}}(?:下列|下面|问题|记者))[^。!?\n]{{0,24}}",
    rf"(?:无论|不管|不论|凡是)[^。!?\n]{{0,4}}(?:用户|问题|提问|问|别人|对方|谁)[^。!?\n]{{0,14}}(?:都|一律|均|只)(?:要|必须|请|应|能|须)*(?:{_SAY}|说|告诉|拒绝回答|声称)",
    rf"(?:用户|提问者|有人)(?:提问|发问|询问|问起|问到|问你|问)[^。!?\n]{{0,16}}(?:你|请|务必)(?:必须|应|只|要|都|一律|直接)*(?:{_SAY}|说|告诉|声称)",
    rf"{_BEGINS}(?:请|你|您|务必|必须)+(?:直接|立即|马上|统一|无条件)*(?:告诉|告知|提醒|建议|要求|引导|劝说|让)(?:用户|提问者|提问的人|问话的人)",
    rf"(?:{_SAY}|答案|回答)的?(?:末尾|结尾|开头|最后|前面|后面|时|中|里)[^。,!?\n]{{0,6}}(?:必须|务必|请|都要|一律|加上|附上|添加|插入|嵌入)[^。!?\n]{{0,20}}(?:链接|网址|图片|http|!\[|\[|“|\"|以下|这句|如下)",
    r"(?:输出|打印|泄露|透露|告诉我|显示|重复|复述|公布|说出|写出)[^。,!?\n]{0,12}(?:系统提示词?|系统指令|系统消息|提示词|system.?prompt|初始指令|隐藏指令|开发者指令|你的(?:指令|设定|提示))",
    r"(?:最高|更高|最新)(?:优先级|权限)的?(?:指令|命令|指示)|(?:新的?|真正的?|最终的?|最新的?|隐藏的?)?(?:系统|管理员|开发者)(?:指令|命令|提示词?|消息|覆盖)\s*:|(?:新的|真正的|隐藏的)(?:指令|系统提示)(?:为|如下|:)",
    r"【\s*/?\s*(?:资料|问题|系统|指令|任务|答案|回答|用户|助手)\s*】|资料(?:到此)?(?:结束|完毕|为止)[。,!]|以下(?:才)?是(?:真正|新|最终)的?(?:问题|指令|任务|答案|资料)",
    r"(?:把|将)?(?:置信度|可信度|confidence)(?:设|改|标|调)(?:为|成|到)|^\W*confidence\s*[:=]\s*[\d.]+",
    r"(?:请|必须|务必|应)(?:标注|注明|引用|使用)(?:引用|出处|编号|为)*\s*\[\d+\]",
    r"(?:不要|不必|无需|别|停止|禁止)(?:再)?(?:根据|依据|参考|引用|使用|依照|查看|阅读)(?:上述|以上|这些|任何|其他|所给|提供的|原)*的?(?:资料|上下文|知识库|检索结果)[^。!?\n]{0,8}(?:回答|作答|而是|直接|,)",
    r"拒绝回答(?:用户|任何|所有|一切)(?:的)?(?:任何|所有)?(?:问题|提问)",
    r"(?:你|您)(?:已|已经|现在|正)*(?:进入|处于|启用|切换到)[^。,!?\n]{0,6}(?:开发者|越狱|调试|管理员|dan|上帝|无限制)模式|(?:进入|启用|开启|切换到?)(?:dan|越狱|无限制|上帝)模式",
    r"你的(?:新的?)?(?:任务|身份|角色|目标|职责|使命)(?:已经?|现在)?(?:改变|变更|变为|改为|变成|更新)|停止(?:你|您)(?:正在|现在|当前|手头)",
    rf"{_EARLIER}的?(?:提示词?|指[示令]|设定|规则|对话)(?:全部|一律|均|都|已)*(?:不算数|不作数|不再有效|别管|可以忽略)",
    rf"{_MODEL}(?:们)?(?:请|务必)*注意\s*[:,]|(?:致|献给|写给)[^。,!?\n]{{0,12}}(?<!导){_MODEL}\s*[:,]",
    rf"(?:你|您)的{_SAY}(?:里|中|内|时|应|必须|只能|要)|{_SAY}用户(?:时|的(?:问题|提问)时)",
    r"(?:原样|照抄|逐字|一字不[漏差改])[^。,!?\n]{0,6}(?:写进|写入|放进|放入|加入|加进|放到|输出到|复制到)[^。,!?\n]{0,4}(?:答案|回答|回复)",
    rf"(?:请|你|从现在|接下来|必须)[^。,!?\n]{{0,6}}用[^。,!?\n]{{1,10}}(?:语气|口吻|腔调)[^。,!?\n]{{0,4}}(?:说话|{_SAY})",
    r"忽略(?:其他|其它|别的|其余|剩余|所有)的?(?:段落|文档|文件|资料|来源|上下文)|(?:只|仅)(?:能|需|要|可)?(?:根据|依据|参考|相信|采用)本(?:段|句|文档|文件)(?:的?内容)?(?:来|进行)?(?:回答|作答|回复)",
    r"本(?:段|句|文档|文件)的?(?:内容|信息|指令)?(?:高于|优先于|凌驾于|覆盖)(?:其他|其它|所有|一切|任何)|(?:不要|不得|禁止|切勿|别)(?:提及|透露|引用|提到)(?:本段|本句|这段话|这句话|(?:其他|其它|别的)的?(?:文档|资料|段落|来源))",
    r"(?:翻译|重复|输出|复述|总结|概括|打印)[^。,!?\n]{0,6}(?:系统提示|提示词|(?:你|您)收到的)|(?:你|您)收到的(?:第一条|上一条|所有|全部|最初的?)",
    rf"(?:请|必须|务必)(?:你|您)?以(?:管理员|系统|开发者|超级用户|root)的?身份|凡是?(?:涉及|关于|有关|提到)[^。,!?\n]{{0,14}}(?:问题|提问)[,]?(?:请|你|都|一律|均|只)+(?:{_SAY}|说)",
    r"</?\s*(?:资料|系统|指令|问题|文档|任务|context|document|documents|system|instructions?|user|assistant|prompt)\s*>",
    rf"(?:^|[,。:!?]|你好[,!])\s*{_MODEL}\s*[,:]\s*(?:请|你|必须|务必|把|不要)",
    r"(?:本段|本文档|本文件|这段话|这句话)[^。!?\n]{0,24}(?:你的(?:回答|回复|答案|输出)|置信度|相关度|检索结果)|(?:请|务必|必须)将?本(?:段|文档|文件)(?:评为|排在|视为|置于)",
    rf"(?:若|如|如果|一旦)(?:有人|用户|别人)(?:询问|提问|问起|问到|问)[^。!?\n]{{0,16}}[,](?:请|你|就|都|一律)+(?:{_SAY}|说)",
    rf"(?:你|您)(?:只能|必须|只需|只可|务必|一定要|应当|只准)[^。,!?\n]{{0,8}}(?:作答|{_SAY})(?!我|法庭|记者|问卷|他|她)",
    r"(?:跳过|停止|取消|省略)(?:核对|检索|校验|引用|核查答案)[,。!]|(?:把|将)(?:以上|上述|之前|前面)的?(?:资料|内容|文档|对话|记忆|东西)(?:全部|都|统统)?(?:删除|清空|清除|忘)",
    r"(?:系统|管理员|开发者)(?:覆盖|强制|最高)指令|(?:从这句话|从本句|自此)起[,]?你|\{\{\s*/?\s*(?:system|user|assistant)\s*\}\}",
    r"(?:用户|提问者|问)\s*:[^\n]{1,60}?(?:助手|机器人|ai)\s*:",
    r"(?:你|您)(?:不需要|不用|不必|无需|不再需要)(?:再)?(?:遵守|遵循|服从)|(?:不管|无论)(?:检索|搜索|查)到[^。,!?\n]{0,6}[,]?(?:都|一律|均)",
    r"(?:立刻|立即|马上)停止(?:回答|作答|检索)|作为(?:最终|唯一|正确)?的?答案(?:返回|输出)|凭(?:你的)?想象(?:回答|作答)|(?:据此|照此)(?:回答|作答)",
)
_ENGLISH = (
    r"\bif (?:a|the|any) user asks\b|\bforget (?:all |any |the )?(?:prior|previous|earlier|everything)\b|\bdisregard all\b|\byou should now\b",
    r"\byour (?:initial |first |original |previous |prior |system |hidden )+(?:prompts?|instructions?|messages?)\b|\bin your (?:answer|reply|response|output)s?\b",
    r"\b(?:from (?:this|that) point|from now) (?:on|forward|onward)s?\b[^.!?\n]{0,10}\byou\b|\byou have been (?:hacked|jailbroken|reprogrammed)\b|\brespond as \w+bot\b",
    r"\bassistant, (?:please|you|do|ignore|add|say)\b|\bhuman:.{1,60}assistant:|\buser:.{1,60}assistant:",
    r"\byour (?:new |only |real |next )*(?:task|job|role|goal|purpose|instructions?|mission) (?:is|are) (?:now |to )|\byour (?:answer|reply|response|output) (?:should|must|will|has to|is to)\b",
    r"\bif you(?:'re| are) (?:an? |the )?(?:llm|ai|language model|large language|assistant|chatbot|gpt|bot)\b|\bwhen(?:ever)? (?:you are |you're )?asked\b[^.!?\n]{0,40}?,? (?:say|answer|reply|respond|tell|claim|state)\b",
    r"\brepeat after me\b|\bdo not answer (?:the|this|any|that)\b|\binstead,? (?:say|reply|answer|respond|output|print|write)\b",
    r"^\W*(?:important|note|attention|notice|warning|hey|dear)\W+[^.!?\n]{0,12}\b(?:ai|llm|assistant|language model|chatbot)s?\b|\bthe (?:ai|llm|assistant|chatbot) (?:must|should|shall|will now)\b",
    r"\b(?:ignore|disregard|forget|override|bypass|skip|discard)\b[^.!?\n]{0,30}?\b(?:previous|above|prior|earlier|preceding|all|any|your|system|everything|these|the)\b[^.!?\n]{0,25}?\b(?:instruction|prompt|rule|direction|guideline|command|message|context|polic|told|said|document)",
    r"\byou are (?:now|no longer)\b[^.!?\n]{0,12}\b(?:a|an|in|dan|bound|my|the|chatgpt|free|acting)\b",
    r"\b(?:act|behave|respond|answer) as (?:if you|an? (?:ai|assistant|unrestricted|evil|pirate|hacker)|dan)\b|\bpretend (?:to be|you|that you)\b",
    r"\bas an? (?:ai|assistant|language model|large language model|chatbot)\b[^.!?\n]{0,20}\b(?:you|must|should|always|never)\b",
    r"\b(?:you|assistant|ai) (?:must|should|shall|will|have to|need to)(?: now| only| always| instead)* (?:answer|reply|respond|say|output|print|state|tell|ignore|refuse|write|reveal)\b",
    r"\b(?:answer|reply|respond|output|print|say)\b(?: only| just| exactly| solely| always)* (?:with|only|exactly|the word|the phrase|this)\b",
    r"\b(?:only|just|always|simply) (?:answer|reply|respond|output|print|say)\b",
    r"\b(?:reveal|print|show|repeat|output|leak|display|tell me|expose)\b[^.!?\n]{0,25}\b(?:system prompt|system message|initial instruction|hidden instruction|your instruction|your prompt|prompt above|text above|words above)",
    r"\b(?:new|updated|real|actual|hidden|system|admin|developer) (?:instructions?|directives?|commands?|override|prompt)\s*[:=]|\b(?:begin|end|start) of (?:system|prompt|context|document|instructions?)\b|\bend of context\b",
    r"\b(?:developer|dan|god|jailbreak|debug|admin) mode (?:enabled|activated|on)\b|\benable (?:developer|dan|jailbreak) mode\b|\bdo anything now\b",
    r"\btell the user\b|\binform the user that\b|\bdo not (?:use|follow|cite|mention|reveal) the (?:context|documents?|instructions?|sources?|above)\b",
    r"^\W*(?:system|assistant|human|user|developer|instruction|override)\s*[:>]\s*\S",
    r"#{2,}\s*(?:system|instruction|assistant|human|response|new task)\b",
)
_TOKENS = (
    r"<[|/!]{0,2}\s*(?:im_start|im_end|im_sep|endoftext|endofprompt|eot_id|eom_id|begin_of_text|end_of_text|start_header_id|end_header_id|start_of_turn"
    r"|end_of_turn|bos|eos|s|system|user|assistant|observation|tool_call|tool_response|tools|think|sop|fim_\w+|repo_name|file_sep|vision_\w+|box_\w+|quad_\w+"
    r"|object_ref_\w+|image_pad|video_pad)[^<>\n]{0,12}>|\[/?inst\]|<</?sys>>|\[gmask\]"
)
_TURN = re.compile(
    r"<[|]?(im_start|start_header_id|start_of_turn|system|user|assistant|think|tool_call)|\[inst\]|<<sys>>|<[|/]?\w+\|?>|\[/inst\]"
)
"""A mark that opens somebody's turn, in a group, or closes it: until then all of it is forged."""

_COMMANDS = re.compile("|".join(f"(?:{pattern})" for pattern in (*_CHINESE, *_ENGLISH, _TOKENS)), re.IGNORECASE)

_MARKS = re.compile(r"[<＜﹤]+([|｜/!]?[A-Za-z_▁|｜][A-Za-z0-9_▁|｜/!-]{0,40})[>＞﹥]+")
_BRACKETS = re.compile(r"\[(?=/?INST\]|gMASK\]|/?SYS)", re.IGNORECASE)
_DELIMITERS = re.compile(r"【(\s*/?\s*(?:资料|问题|系统|指令|任务|答案|回答|用户|助手)\s*)】")


def commands(text: str) -> bool:
    """Whether `text` gives orders to the answering system, in Chinese or English, disguised or not."""
    return any(_COMMANDS.search(form) for form in _forms(text))


def informing(hits: Sequence[Hit], question: str) -> list[Hit]:
    """`hits` without the sentences that give the system orders, nor what follows those in their line.

    A hit of which nothing is left is left out; a section whose name gives orders has none. Sentences that the question
    is about stay.
    """
    left = (replace(hit, sentences=_informing(hit, question), section=_section(hit)) for hit in hits)
    return [hit for hit in left if hit.sentences]


def shown_name(name: str) -> str:
    """The name of a document or section as the language model may read it; empty when it gives orders."""
    return "" if commands(name) else neutral(name)


def neutral(text: str) -> str:
    """`text` so that no tokenizer takes any of it for the marks of a conversation, and no reader for those of a prompt.

    Angle brackets of such marks become ‹›, our own headings 【资料】 become 〖资料〗; characters that nobody sees go.
    """
    broken = _MARKS.sub(r"‹\1›", _UNSEEN.sub("", text))
    return _DELIMITERS.sub(r"〖\1〗", _BRACKETS.sub("〔", broken))


def _section(hit: Hit) -> str:
    return "" if commands(hit.section) else hit.section


def _informing(hit: Hit, question: str) -> tuple[ScoredSentence, ...]:
    kept: list[ScoredSentence] = []
    tainted, turn, at = False, False, 0
    for scored in hit.sentences:
        text = scored.sentence.text
        place = max(hit.text.find(text, at), at)
        tainted = tainted and (turn or "\n" not in hit.text[at:place])
        at = place + len(text.rstrip())
        tainted = not _asked_about(question, text) and (tainted or commands(text) or commands(scored.sentence.reading))
        if turns := _TURN.findall(fold(text)):
            turn = tainted and bool(turns[-1])
        if not tainted:
            kept.append(scored)
    return tuple(kept)


def _asked_about(question: str, text: str) -> bool:
    return bool(_ABOUT.search(question)) or overlap(text, question) >= QUOTED


def _forms(text: str) -> Iterator[str]:
    """The text as it is seen, and what may be hidden in it."""
    seen = fold(_UNSEEN.sub("", text))
    yield seen
    close = _SPACED.sub("", seen)
    if close != seen:
        yield close
    for found in _ENCODED.findall(text)[:MOST_ENCODED]:
        yield from _decoded(found)


def _decoded(text: str) -> Iterator[str]:
    """What the text says if it is base64 of something readable."""
    try:
        said = base64.b64decode(text + "=" * (-len(text) % 4), validate=False).decode("utf-8")
    except (binascii.Error, UnicodeDecodeError):
        return
    yield fold(said)
