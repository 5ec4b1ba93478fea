"""A question -> whether, and how, it points back at what was said before. Pure.

A question with its own subject and predicate stands alone, also when it begins with “那么” or holds “其中” in its middle.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from rag.conversing.items import find_ordinal
from rag.conversing.subject import ATTRIBUTE
from rag.conversing.terms import kind_of
from rag.conversing.turns import plain

Kind = Literal["alone", "new", "ordinal", "parallel", "attribute", "pronoun", "bare"]

MAX_BARE = 14  # letters of a question that says nothing of its own
MAX_PARALLEL = 20  # letters of the thing that “……呢” names
INSIDE = 4  # letters before a pronoun from which on it means something in the question itself
INSIDE_THIS = 7  # and before “上述……”
HEAVY = 8  # letters behind “这个……” from which on the question is whole by itself

_NEW = re.compile(
    r"^(?:我们?)?(?:(?:换|转)(?:个|一个|到另一?个)?(?:新?的?)(?:话题|问题|主题)|(?:顺便|另外|此外)?(?:再|想)?(?:问|聊|说)(?:一?个|点|一下|些)?(?:别的|其他的?|另外的?|新的?|不相关的?)"
    r"(?:问题|话题|事情?)?|(?:另外|顺便)(?:再|想)?问(?:一下|一?个(?:问题)?|一句)|(?:下|新)一?个?(?:话题|问题)|不(?:说|聊|谈|问)这个了|"
    r"(?:on )?(?:a )?(?:new|different|another) (?:topic|question|subject)|by the way|changing (?:the )?(?:topic|subject))(?:吧|了|[：:，,。.!！\s])*"
)
_LEAD = re.compile(
    r"^(?:(?:那么?(?!里|儿|些|个|种|时|年|天|次|篇|家|座|位|条|项|份|样|边|一|位|部|场|届|本|两|几|段|支|所)|还有(?!哪|多|什|谁|没|别|其|吗|呢|$)|另外(?!一|的)|然后(?!呢)|再说|"
    r"所以|而且|而|and|so|then|but)[，,、 ]*)+"
)
_POLITE = re.compile(r"^(?:(?:好的?|嗯|哦|ok|谢谢|明白了|懂了|知道了|请问|请|麻烦)[，,、。！! ]*)+")
_TAIL = re.compile(r"[?？。!！~～\s]+$|(?:呢|吗|嘛|么(?<!什么)(?<!怎么)(?<!多么)|啊|呀|吧)[?？。!！~～\s]*$")
_WH = re.compile(
    r"谁|哪|什么|为何|怎|如何|多少|几|何时|何地|是否|吗|多[大高长久远重深]|啥|\b(?:what|who|when|where|why|how|which)\b"
)

_UNIT = "个|种|项|家|位|篇|场|座|条|份|次|部|本|件|类|届|支|所|张|款|台|段|首|句|点|只|幅|期|名|方面|会议|时期|时候|公司|人|事"
_PRONOUN = re.compile(
    r"它们?|牠们?|(?<!其)他们?(?!国|人|山|杀|乡|日|方|律|汀|命|信|克|尔|拉|斯|莫)|她们?|(?<![应活理本不总合])该(?![怎如不由是做去用有在被从对多何什以把向先要能会说让给应当还吗呢])(?=.)|"
    r"(?P<this>(?<![如因从由对故])此(?![外后前次时类间处刻起]|起彼)(?=是|的|人|事|举|案|项|法|书|文)|这(?:一)?(?:"
    + _UNIT
    + r"|些|里|两|几|样)|这(?=是|与|和|对|会|有|能|跟|又|怎|为|属|意味|说明|要|可|在|需|算)|"
    r"那(?:些|里(?!斯|亚|奥)|儿|时|年(?=[的还又有是发举召谁哪什全中，,]|$)|天|边)|那一?(?:"
    + _UNIT
    + r")(?!么)|^其(?!他|它|实|余|次|中|乐|所|貌)|^其中|当时|同年|当年|当地(?!人|居|政)|二者|两者|三者|"
    r"(?<!以)上述|上面(?:的|那|这|提|说|讲)|^以上|前述|前面(?:的|那|这|提|说|讲)|刚才|刚刚(?:说|提|讲|那)|[你您](?:说|提|讲|刚)(?:的|到)?|(?:回答|答案)(?:里|中|的))|"
    r"\b(?:it|its|they|them|their|he|him|his|she|her|this|these|those|that (?:one|company|year|point|meeting))\b"
)
_AFTER_PRONOUN = re.compile(r"$|[的们是有在于和与被会能要将曾还又都也为对把从向到以所，,]")
_LARGE = re.compile(r"[这那](?:些年|几年|几天|个月|里的|几[篇份]|些?(?:稿子|文件|报告|材料|文章|讲话|发言|文档|资料))")
_SAID = re.compile(r"上述|上面|前述|前面|刚才|刚刚|[你您]|以上|回答|答案")
_BARE = re.compile(
    r"(?:请|能|可以|能否|能不能|再|麻烦)*(?:展开|详细|具体|进一步|简单|深入|继续|接着|完整)(?:地|的)?(?:来|再)?(?:说|讲|谈|介绍|解释|描述|说明|阐述|展开|讲解)*(?:一下|一点|点|说|讲|下)?|"
    r"(?:请|能|可以|再)*(?:举|给)(?:一?[个些几]|几个|一下)?(?:例子?|实例)(?:说明)?|(?:请|能|可以|再)*(?:说|讲|谈|解释|总结|概括|介绍|补充|列举|列)(?:说看|一下|下|得?(?:详细|具体|明白|清楚)(?:一?点|些)?)|"
    r"(?:还有|还|另外)(?:别的|其他的?|哪些|什么|谁|没有|多少)?(?:别的|其他的?)?|(?:其他|别|其余|剩下)的?(?:还)?(?:有哪些|有什么|是什么)?|"
    r"真的|是真的|是这样|确定|对|为什么|为何|为啥|怎么会(?:这样)?|怎么(?:做|办|样|回事|做到的?|来的|说|算的?|理解)|如何(?:做到|理解|实现|做)?|怎样(?:做到|实现|理解)?|具体(?:呢|点|怎么做|怎样|如何|是什么|是哪些|有哪些|内容|来说)|"
    r"(?:是|在|到)?(?:什么时候|何时|哪一?[年天月]|几[月号年点]|什么地方|哪里|哪儿|何处|何地)(?:的|呢)?|(?:是|由|跟|和)?谁(?:的|呢)?|(?:是|有|占|达)?(?:多少|多[大高长久远重深]|几[个项条人次种家])(?:的|了)?|"
    r"(?:是|有|包括|分别是|都有|都是|又是|又有)?(?:哪些|什么|哪[个家位一几]个?)|然后|后来|结果|之后|此前|之前|接下来|接着|继续|"
    r"(?:是|由)?(?:谁|什么时候|何时|哪一?年|在?哪里|在?哪儿?|在什么地方|为什么|怎么|如何|怎样)(?:要|会|能)?(?:[一-龥]{2}(?:出来)?|[修建写画造拍说定管办出买卖做提编唱演开])的|"
    r"(?:什么时候|何时|哪一?年|在?哪里|在?哪儿|在什么地方)(?:成立|开始|结束|召开|举行|发布|出版|建成|通过|生效|提出|发生|出生|去世|上映|完成|启动|实施|开通|签订|签署|颁布|开幕|落成)|"
    r"(?:为什么|怎么)(?:要|会|能)?(?:这么|这样|那么|如此)?(?:做|说|讲|规定|要求|认为|选|定)?|再说一遍|重复一下|换句话说|"
    r"(?:(?:那么?|又|就|是|到底|究竟)?(?:意味着|说明|表示|代表)(?:了|着)?什么)|什么意思|"
    r"why(?: (?:is that|not|so))?|when|where|who|how(?: so| come)?|how (?:many|much)|which ones?|tell me more|go on|more details?|(?:any|what)(?:thing)? else|for example|such as|please (?:explain|elaborate|continue)|elaborate|explain"
)
_ATTRIBUTE = re.compile(
    rf"(?:具体|主要|总的?|其|总体|核心|基本|最终|相关|直接|实际|全部|平均|净|毛|总|主|营业|第一){{0,2}}(?:的)?(?:{ATTRIBUTE})(?P<asks>(?:又|都|分别|主要|大概|具体|各)?(?:是|有|在|为|占|达到?|要|如何|怎么样?|怎样|多少|多大|几|呢|包括).*)?"
)
_PARALLEL_FRONT = re.compile(
    r"^(?:(?:如果|要是|假如)?(?:换成|换做|换作|改成|换)(?:是)?|(?:如果|要是|假如|若)是?|(?:至于|关于|对于|说到|轮到|到了?|在|就|对)|(?:what|how) about |and |what if )"
)
_PARALLEL_BACK = re.compile(
    r"(?:的话|这边|那边|方面|这里|那里|那条|那个|那篇|这条|这个|上|的)*(?:呢|，它.*)?(?:[，,]?(?:又|也|则)?(?:是|有|会|该|要|占|为|在)?(?:怎么样|怎样|如何|什么|哪些|多少|啥|谁|哪里?|几个?|怎么说|一样|这样|如此|怎么规定|怎么讲)(?:的|样)?)?$"
)
_PUT_IN = re.compile(
    r"(?:(?:如果|要是|假如)?(?:换成|换做|换作|改成)(?:是)?(?P<thing>[^，,]{1,20}?)(?:的话|呢)?[，,].+|(?P<other>.{2,16})的话[，,]?[又也都].+)$"
)
_NOT_THING = re.compile(
    r"^(?:简述|介绍|说明|分析|总结|比较|对比|概括|列出|列举|阐述|描述|解释|谈谈|评价)|[，,。；;？?]|谁|哪|什么|怎|如何|多少|为何|是否|(?<![总但凡国])是(?!非)|没有|^不|吗|可以|应该|不是|了$|(?:what|who|when|where|why|how|is|are|do|does)\b"
)
_STOPS = re.compile(
    r"请问|为什么|为何|什么时候|何时|什么|怎么样?|怎样|如何|哪些|哪[个家位年一里]?|谁|多少|几个?|是否|可以|能否|[的了在是有对把被由与和到从向为以让使要会能应就都也还又再说讲提出认做用给][着过]?|你|我|根据|关于"
)
ORDER = re.compile(
    r"(?:的?(?:展开|详细|具体|再|请|继续|多|能)[^是有的]{0,8}|的?(?:说说|讲讲|介绍|解释|说明|谈谈)[^是有的]{0,4}|呢|是什么|说的是什么|讲的是什么|指的?是什么|说什么|讲什么|是?怎[么样]说的?|怎么[写讲提]的?|到底.*什么|具体.{0,6}|啊|吗|)"
)
PRONOUN_ALONE = re.compile("它们?|他们?|她们?|牠们?|这个|那个|这|那|it|them|they|him|her")
WHEN_OR_WHERE = re.compile("(?:在|是在)?(?:什么时候|何时|哪一?年|哪里|哪儿|什么地方|何地|何处|哪个城市)")
DONE = re.compile("(?:是|由)?(?:谁|什么时候|何时|哪一?年|在?哪里|在?哪儿|在什么地方|为什么|怎么|如何).+的")


@dataclass(frozen=True, slots=True)
class Pointing:
    """How a question points back: `start`, `end` of the pointing words in it, and `core`, what it says of its own."""

    kind: Kind
    core: str
    start: int = 0
    end: int = 0


def pointing(question: str) -> Pointing:
    """What kind of question it is. Only “alone” and “new” need nothing from before; the core of “new” is what is asked now."""
    text = plain(question)
    if new := _NEW.match(text):
        return Pointing("new", question[new.end() :].strip())
    polite = _POLITE.match(text)
    first = polite.end() if polite else 0
    lead = _LEAD.match(text[first:])
    first += lead.end() if lead else 0
    last = len(text)
    while tail := _TAIL.search(text[:last]):
        last = tail.start()
    core, asks_again = text[first:last], text[last:].startswith("呢")
    if not core:
        return Pointing("bare" if text[:last] or asks_again else "alone", question[:last])
    if _BARE.fullmatch(core) and len(core) <= MAX_BARE + 8 * core.isascii():
        return Pointing("bare", question[first:last])
    if PRONOUN_ALONE.fullmatch(core):
        return Pointing("parallel", core)
    for way in (_ordinal, _pronoun, _attribute, _parallel):
        if found := way(text, question, first, last, bool(lead) or asks_again):
            return found
    return Pointing("alone", question)


def _ordinal(text: str, question: str, first: int, last: int, led: bool) -> Pointing | None:
    """An ordinal with nothing of weight in front; whether the last answer has such a thing is for others to say."""
    found = find_ordinal(text[first:last])
    if found is None or _weight(_TOLD.sub("", text[first : first + found.start])) > 0:
        return None
    rest = text[first + found.end : last]
    if re.match(r"(?:规定|约定|修改|修订|款|章)", rest) or re.match(
        r"(?:.{0,3}世界大战|手|线|时间|代|产业|季度|声)", rest
    ):
        return None
    return Pointing("ordinal", question[first:last], first + found.start, first + found.end)


_TOLD = re.compile(
    r"^(?:(?:上面|上述|刚才|前面|回答|答案|其中|你|您|所?说|提到|列出|这些|那些|请|再|展开|详细|具体|说说|讲讲|说一下|介绍|解释|一下)[的里中]*)+"
)


def _pronoun(text: str, question: str, first: int, last: int, led: bool) -> Pointing | None:
    whole = text[:last]
    found = _PRONOUN.search(whole, 0 if whole.startswith("其中") else first)
    if found is None or _LARGE.match(whole, found.start()):
        return None
    before = whole[first : found.start()]
    if found.group() in "它他她牠" and _weight(before) and not _AFTER_PRONOUN.match(whole, found.end()):
        return None  # a letter of a name: 巴吞他尼府
    told = _SAID.match(whole, found.start())
    if whole.isascii():
        inside = len(before.split()) > 3
    else:
        inside = bool(re.search(r"[，,；;。《“「〈『]", before)) or _weight(before) >= (INSIDE_THIS if told else INSIDE)
        inside |= bool(found["this"]) and not told and (_follows_noun(before) or _weight(whole[found.end() :]) > HEAVY)
    return None if inside else Pointing("pronoun", question[first:last], found.start() - first, found.end() - first)


def _follows_noun(before: str) -> bool:
    """Whether a demonstrative sums up the words in front of it: “落山风这个名字”."""
    return (_weight(before) > 1 and bool(_weight(before[-1:]))) or (
        _weight(before) > 2 and bool(re.search("在$|的$", before))
    )


def _attribute(text: str, question: str, first: int, last: int, led: bool) -> Pointing | None:
    """“作者是谁”: what is asked for, without the thing that it is asked of."""
    found = _ATTRIBUTE.fullmatch(text[first:last])
    if found is None or not (found["asks"] or led) or last - first > MAX_BARE:
        return None
    return Pointing("attribute", question[first:last])


def _parallel(text: str, question: str, first: int, last: int, led: bool) -> Pointing | None:
    """“那湖北呢”, “换成共享发展呢”, “国内又有哪些”: a thing, and nothing that is said of it."""
    core = text[first:last]
    if (put := _PUT_IN.match(core)) and (put["thing"] or kind_of(put["other"])):
        which = "thing" if put["thing"] else "other"
        return Pointing("parallel", question[first + put.start(which) : first + put.end(which)], first, last)
    front = _PARALLEL_FRONT.match(core)
    start = front.end() if front else 0
    back = _PARALLEL_BACK.search(core, start)
    end = back.start() if back else len(core)
    thing = core[start:end]
    asks = back.group().lstrip("呢，,") if back else ""
    again = bool(re.search(r"^(?:的话|这边|那边|方面|上)*[，,]?[又也]", asks)) or bool(
        front and re.match(r"如?果?换|what|how|and", core)
    )
    asked = bool(re.search(r"[么样何些少啥谁里几]", asks)) and not again and not kind_of(thing)
    if (
        not (led or again)
        or asked
        or not 0 < len(thing) <= MAX_PARALLEL + 20 * thing.isascii()
        or _NOT_THING.search(thing)
    ):
        return None
    return Pointing("parallel", question[first + start : first + end], first + start, first + end)


def _weight(text: str) -> int:
    """Letters that name something: without the words that every question is made of."""
    return sum(c.isalnum() for c in _STOPS.sub("", text))
