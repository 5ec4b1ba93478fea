"""A question for one fact -> what its answer should hold: an amount in its unit, a date, a place, a person, a document. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

from index.folding import fold

_NUMERAL = "[一二两三四五六七八九十百千万亿零〇]"
_NUMBER = rf"(?:\d[\d,.]*|{_NUMERAL}+)"
_SIZE = "[多余几]?[十百千万亿]*[多余]?"
_UNITS = (
    "平方公里|平方米|立方米|百分点|个百分点|公里|千米|公顷|公斤|千克|千瓦时|小时|分钟|个月|美元|港元|欧元|人次|毫升|厘米|毫米|"
    "亿|万|元|块|人|个|家|项|条|亩|吨|倍|次|天|日|年|岁|名|位|座|台|辆|户|所|种|米|里|斤|度|瓦|伏|页|篇|册|间|层|支|只|件|套|张|股|度|级|届|期|代|针|班|趟|艘|架|头|棵|株|分|秒|周"
)
_ASKED_UNIT = re.compile(rf"(?:多少|几)(?:[万亿千百]*)({_UNITS})")
_PERCENT = re.compile(
    r"百分之(?:多少|几)|(?:比例|比重|占比|[^效]率|涨幅|降幅|增幅|增速)(?:是|为|有|达到?)?(?:多少|多大|多高|$)"
)
_SHARE = rf"{_NUMBER}\s*[%‰％]|百分之{_NUMERAL}|{_NUMERAL}+分之|\d+\.\d+|{_NUMBER}个?百分点|{_NUMBER}成"

_ANY = rf"\d|{_NUMERAL}{{2,}}|{_NUMERAL}+(?:{_UNITS})|百分之"
_DATE = rf"(?:\d{{2,4}}|[一二]{_NUMERAL}{{3}})\s*年|\d{{1,2}}\s*月|{_NUMERAL}+月|\d+\s*[日号]|(?:今|去|明|前|次|当)[年日天]|年底|年初|[上下]半年|季度|周[一二三四五六日]"
_PLACE = r"[省市县区州镇乡村国岛湾港路街号楼厅室院馆园站]|位于|地处|在[^,。]{2,8}|于[^,。]{2,8}|[东西南北]部"
_PERSON = r"[一-龥]{2,4}(?:先生|女士|同志|教授|博士|主席|总理|书记|部长|主任|经理|院士|局长|市长|省长|总裁)|(?:是|由|为|任|叫|名为|,|、|:)[一-龥]{2,4}(?=[,。;、(]|担任|出任|负责|执导|主演|所?[著写作编])|[A-Z][a-z]+|·"
_PAPER = r"《[^》]{2,40}》|(?:意见|决定|规划|纲要|通知|办法|条例|方案|公报|报告|宪法|法|协定|协议|公约|宣言|章程|制度)[》”]?(?:中|里)?(?:提出|指出|规定|要求|明确|强调|所)"

_TYPES = (
    (_PERCENT, re.compile(_SHARE)),
    (re.compile(r"时间|何时|时候|啥时|多会儿|哪一?[年月天日]|几[月号日]|日期|何年|年份"), re.compile(_DATE)),
    (
        re.compile(r"哪里|哪儿|何处|何地|在哪|什么地方|哪个?[省市县区国]|哪座|地址|地点|位置|和哪|到哪|从哪"),
        re.compile(_PLACE),
    ),
    (re.compile(r"谁|何人|什么人|哪一?位|(?:姓名|名字)(?:是|叫)"), re.compile(_PERSON)),
    (
        re.compile(r"哪[份部个项条](?:文件|法律?|规定|意见|报告|文献|条例|规划|著作|作品|书)|什么(?:文件|法律?|规定)"),
        re.compile(_PAPER),
    ),
    (re.compile(r"多少|几(?!乎)|多[大高长远久重快深宽厚]|数量|总额|金额|人数"), re.compile(_ANY)),
)
_FIGURES = (0, 1, 5)  # the types above whose answer is a figure


@dataclass(frozen=True, slots=True)
class Expectation:
    """What the answer to one question should hold; nothing where its words do not say."""

    patterns: tuple[re.Pattern[str], ...]

    @classmethod
    def of(cls, question: str) -> Expectation:
        """An amount asked for in a unit is expected in it."""
        text = fold(question)
        units = [re.compile(rf"{_NUMBER}\s*{_SIZE}\s*{unit}") for unit in dict.fromkeys(_ASKED_UNIT.findall(text))]
        others = [held for asked, held in _TYPES[: -1 if units else None] if asked.search(text)]
        if others and others[0] is _TYPES[0][1]:
            others = others[:1]
        return cls((*units, *others))

    def share(self, text: str) -> float:
        """The share, 0..1, of what is expected that stands in the text; 0 where nothing is."""
        folded = fold(text)
        held = sum(pattern.search(folded) is not None for pattern in self.patterns)
        return held / len(self.patterns) if self.patterns else 0.0


_FIGURE = re.compile(
    rf"\d|{_NUMERAL}{{2,}}|{_NUMERAL}+(?:{_UNITS}|月|成|分之)|百分之|[今去明前次当同][年日]|[半每初廿卅两双]|[ⅰ-ⅿⅠ-Ⅿ]"
)


def asks_figure(question: str) -> bool:
    """Whether an amount, a share or a time is asked for, which cannot be answered without a figure."""
    text = fold(question)
    return bool(_ASKED_UNIT.search(text)) or any(_TYPES[n][0].search(text) for n in _FIGURES)


def holds_figure(text: str) -> bool:
    """Whether there is a number, a date or the like in the text at all."""
    return bool(_FIGURE.search(fold(text)))
