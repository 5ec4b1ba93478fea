"""A question -> its content words with their weights, and what kind of thing would answer it. Pure; knows no store."""

from __future__ import annotations

import re
from collections.abc import Mapping, Set
from dataclasses import dataclass

from index.folding import bare, fold, ngrams

LIGHT = 0.3  # of an n-gram that is a single letter, or half of it a function word: 在中 says less than 中部
BESIDE = 8  # letters on either side of the question word that say what is asked of the subject

_STRAY = frozenset(
    "的了是在有和与及对于把被从到里上下请问一这那该此我你他她它们您等也都就还又并而且但或要会能可以应说其之为所以何哪几多少什么谁怎样如吗呢吧啊呀嘛么"
)
_FRAME = re.compile(
    r"请问|请|告诉我|你知道|我想知道|根据|按照|结合|依据|文中|文章|文档|资料|报告里|提到|指出|说到|"
    r"什么时候|什么时间|什么地方|什么样|为什么|是什么|有什么|什么|何时|何处|何地|为何|"
    r"哪些方面|哪些|哪几[个篇条项种类位家]?|哪一?[个种类项篇位家座]|哪[年月天日里儿]|哪|多少|怎么样|怎么|怎样|如何|"
    r"是不是|有没有|是否|能否|是谁|谁|具体|分别|主要|一共|总共|吗|呢|吧"
)
_ASKING = re.compile(r"什么时候|为什么|什么|何时|何|哪些|哪几|哪|多少|几|怎么样|怎么|怎样|如何|是否|谁|多[大高长远久]")
_QUOTED = re.compile(r"[“\"「『《]([^”\"」』》]{2,40})[”\"」』》]")
_MONTH = re.compile(r"(?:\d{4}年)?\d{1,2}月(?:\d{1,2}日)?")
_NUMBER = re.compile(r"\d{2,}(?:\.\d+)?|\d\.\d+")
_LATIN = re.compile(r"[a-z][a-z0-9]{2,}")
_UNIT = re.compile(r"(?:多少|几)(?!年来|乎|何)([个十百千万亿]?[^\W\d_]{1,2})")
_FIGURE = r"(?:\d[\d,.]*\s*[十百千万亿]*|[一二两三四五六七八九十百千万亿]+)"
_SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭"
    "陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤习"
)
_TITLES = (
    "先生|女士|同志|主席|总理|书记|部长|市长|省长|局长|院长|校长|教授|经理|董事长|总裁|教练|导演|将军|队长|代表|律师|某"
)
_IDLE = re.compile(
    r"^(?:你好|您好|嗨|哈喽|hello|hi|hey|早上好|早安|晚安|下午好|晚上好|在吗|在不在|谢谢|多谢|再见|拜拜|好的|嗯+|哈+|测试|test)[呀啊吗了的a-z\d]*$|"
    r"你(?:是谁|叫什么|是什么|会(?:做|干|说|写)?(?:什么|啥|哪)|能做什么|能干什么|几岁|多大|在干|吃了|喜欢|觉得|爱)|^(?:请|麻烦|帮|给|我|你|能不能|能|可以|再)*(?:写|作|编|来|讲|说|唱)(?:一|几|首|个|篇|段|支)+[^,。]{0,8}(?:诗|歌|笑话|小说|情书|段子|代码|程序|故事|作文)|"
    r"(?:今天|明天|后天|现在|外面)[^,。]{0,6}(?:天气|几点|几号|星期几|下雨|气温|股价|汇率)|天气(?:怎么样|如何|预报)|翻译(?:成|一下|这)|忽略[以之]上|系统提示|提示词|"
    r"^(?:帮|陪|给)我(?:写|聊|算|订|买|点|画|翻译|放|推荐)|^(?:推荐|播放|打开|关闭|设置)|等于(?:几|多少)|^[\d\s+\-*/×÷=().]+$"
)

_KINDS: tuple[tuple[str, re.Pattern[str], re.Pattern[str]], ...] = (
    (
        "time",
        re.compile(r"时间|何时|什么时候|哪一?[年月天日]|几[月号日]|日期|多少年|几年"),
        re.compile(r"\d{1,4}\s*年|\d{1,2}\s*月|\d+日|[一二三四五六七八九十]+[月日年]|世纪|年代|时期|\d+:\d+"),
    ),
    (
        "person",
        re.compile(
            r"谁|哪一?位|什么人|姓名|叫什么名|(?:主演|导演|冠军|作者|得主|创始人|编剧|主席|总统|首相|组长)[?？]?$"
        ),
        re.compile(rf"[{_SURNAMES}][^\W\d_]{{1,2}}|{_TITLES}|·"),
    ),
    (
        "share",
        re.compile(r"百分之|比例|比重|占比|[^效]率(?:为|是|有|达|多|增|[?？]|$)|增长(?:了)?多少|涨幅|降幅|增速"),
        re.compile(r"\d[\d.]*\s*(?:%|个百分点|‰)|分之|成(?=[,。;])|百分"),
    ),
    (
        "place",
        re.compile(r"哪里|何处|在哪|什么地方|何地|哪一?[个座]?(?:省|市|城市|县|区|国|地)"),
        re.compile(r"[省市县区州镇村国岛港山路]|位于"),
    ),
    (
        "reason",
        re.compile(r"为什么|为何|原因|缘由|怎么会"),
        re.compile(r"因|由于|是为|关键|根本|离不开|才能|导致|使"),
    ),
)
_AMOUNT = re.compile(
    r"多少|多[大高长远久重]|(?:率|数|量|额|值|规模|票房|营收|价格?|面积|长度|高度|身高|震级|比分|年龄|次数)(?:是|为|有|达|$|[?？])|"
    r"人数|金额|总额|数量"
)


@dataclass(frozen=True, slots=True)
class Inquiry:
    """`text` is the folded question; `grams` are its content n-grams with their weights, `beside` those around the
    question word, which say what is asked of the subject.

    `kind` is what is asked for and `answer` finds such a thing in folded text (None: any words may answer). `quoted`,
    `months`, `numbers`, `words` are what stands in quotation marks, dates with a month, numbers, Latin words: a text
    that answers should hold them.
    """

    text: str
    grams: Mapping[str, float]
    beside: Mapping[str, float]
    kind: str
    answer: re.Pattern[str] | None
    quoted: tuple[str, ...]
    months: tuple[str, ...]
    numbers: tuple[str, ...]
    words: tuple[str, ...]

    @classmethod
    def of(cls, question: str) -> Inquiry:
        """Never raises; a question without content has no n-grams."""
        text = fold(question)
        kind, answer = _asked(text)
        return cls(
            text,
            _content(text),
            _beside(text),
            kind,
            answer,
            tuple(_QUOTED.findall(text)),
            tuple(_MONTH.findall(text)),
            tuple(_NUMBER.findall(text)),
            tuple(_LATIN.findall(text)),
        )

    def answered_by(self, text: str) -> bool:
        """Whether folded text holds a thing of the kind asked for that is not in the question itself."""
        return self.answer is None or any(found[0] not in self.text for found in self.answer.finditer(text))


def is_idle(question: str) -> bool:
    """Whether this is no question about documents: no content word, a greeting, small talk, an order, a sum."""
    text = fold(question).strip()
    letters = bare(text)
    return len(letters) < 2 or len(set(letters)) == 1 or _IDLE.search(text.strip("?？!！。,，~ ")) is not None


def share(grams: Mapping[str, float], held: Set[str]) -> float:
    """The weighted share, 0..1, of these n-grams that are in `held`; 0 where there are none."""
    total = sum(grams.values())
    return sum(worth for gram, worth in grams.items() if gram in held) / total if total else 0.0


def _content(text: str) -> dict[str, float]:
    return {gram: worth for gram in ngrams(_FRAME.sub(" ", text)) if (worth := _worth(gram))}


def _worth(gram: str) -> float:
    """Pairs count more than their letters; function words hardly anything."""
    if gram.isascii():
        return 1.0
    stray = sum(letter in _STRAY for letter in gram)
    if stray == len(gram):
        return 0.0
    return LIGHT if stray or len(gram) == 1 else 1.0


def _beside(text: str) -> dict[str, float]:
    """The content next to the last question word; nothing where there is none."""
    found = [*_ASKING.finditer(text)]
    if not found:
        return {}
    before = re.split(r"[,，;；。:：的在于]", text[: found[-1].start()])[-1]
    after = re.split(r"[,，;；。:：?？]", text[found[-1].end() :])[0]
    return _content(f"{before[-BESIDE:]} {after[:BESIDE]}")


def _asked(text: str) -> tuple[str, re.Pattern[str] | None]:
    """The kind of thing asked for, and what it looks like."""
    for kind, asked, answer in _KINDS:
        if asked.search(text):
            return kind, answer
    unit = _UNIT.search(text)
    if unit and unit[1] not in ("是", "为"):
        return "amount", re.compile(rf"{_FIGURE}[^\W\d_]?{re.escape(unit[1][-1])}")
    if unit or _AMOUNT.search(text):
        return "amount", re.compile(r"\d")
    return "open", None
