"""Which questions are about the whole collection, in which way and about what; and which are not."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from samples import chinese

from rag.asking import Asked, asked
from rag.sides import differing, sides


@pytest.mark.parametrize(
    ("question", "kind", "topic"),
    [
        ("“新质生产力”这个词出现在哪几篇发言中？", "which", "新质生产力"),
        ("“枫桥经验”是在哪一篇里提到的？", "which", "枫桥经验"),
        ("哪几篇提到了长江经济带？", "which", "长江经济带"),
        ("哪些文件涉及数据安全？", "which", "数据安全"),
        ("哪篇强调粮食安全的重要性？", "which", "粮食安全"),
        ("讲人才的是哪一篇？", "which", "人才"),
        ("提到枫桥经验的有哪几篇？", "which", "枫桥经验"),
        ("请列出提到“中国制造2025”的报告有哪几份", "which", "中国制造2025"),
        ("哪幾篇提到了新質生產力？", "which", "新质生产力"),
        ("哪些年份的报告提到了金融危机？", "which", "金融危机"),
        ("哪几份材料要求加强食品安全监管？", "which", "加强食品安全监管"),
        ("有多少篇提到“一带一路”？", "which", "一带一路"),
        ("七篇里有几篇提到“一带一路”", "which", "一带一路"),
        ("各篇怎么说生态保护？", "each", "生态保护"),
        ("每篇讲话对科技创新是怎么说的？", "each", "科技创新"),
        ("历年报告对房地产市场怎么说？", "each", "房地产市场"),
        ("七篇讲话分别怎么谈对外开放？", "each", "对外开放"),
        ("每年的政府工作报告对军队建设怎么表述？", "each", "军队建设"),
        ("逐篇说说对中部地区定位的表述", "each", "中部地区定位"),
        ("“高质量发展”一共出现了几次？", "times", "高质量发展"),
        ("长江经济带在全文里一共提到几次？", "times", "长江经济带"),
        ("全部文件中提到过多少次“绿色发展”", "times", "绿色发展"),
        ("报告多少次提到就业？", "times", "就业"),
        ("统计一下“改革”在各篇中出现的次数", "times", "改革"),
        ("“供给侧”最早出现在哪一年的报告里？", "first", "供给侧"),
        ("哪一年的报告首次提到大众创业？", "first", "大众创业"),
        ("从哪一年的报告开始提棚户区改造？", "first", "棚户区改造"),
        ("最后一次提到“家电下乡”是哪一年的报告？", "last", "家电下乡"),
    ],
)
def test_a_question_about_the_whole_collection_is_known_with_its_topic(question: str, kind: str, topic: str) -> None:
    found = asked(question)
    assert found is not None
    assert (found.kind, found.topic) == (kind, topic)


@pytest.mark.parametrize(
    "question",
    [
        "哪几个城市要建临空经济区？",
        "第七篇要求各省怎样合作？",
        "一共有几个着力？",
        "比较优势是什么？",
        "第四篇要答好哪几张卷？",
        "第六篇引用的2025年和2035年发展目标，出自哪份文件？",
        "“促进中部地区崛起”最早出现在什么文件里？",
        "霁虹桥的命名是根据哪两篇文章？",
        "双方共进行了多少次交易？",
        "被告人高某几次容留吸毒人员吸毒？",
        "原告的照片被用在了哪篇文章里？",
        "大興西瓜節於每年的哪一個月份開始舉辦?",
        "植村秀在哪一年第一次接触好莱坞化妆工艺？",
        "原告提交了几份书证？",
        "各级政府要怎么做？",
        "每年新增就业多少人？",
        "各部门要求是什么？",
        "合同规定是否按年计息？",
        "这部电影出现了几次穿帮？",
        "自殺卻不被視作罪是於拜占庭基督教的哪一部經典中提到?",
        "各篇讲了什么？",
        "",
        "？",
    ],
)
def test_other_questions_are_left_to_the_search_for_five_passages(question: str) -> None:
    assert asked(question) is None


def test_years_and_articles_named_are_the_only_ones_asked_about() -> None:
    assert asked("2010到2013年的报告里哪几年提到家电下乡？") == Asked(
        "which", "家电下乡", "家电下乡", ("2010", "2011", "2012", "2013"), dated=True
    )
    assert asked("从2010年到2011年，各年报告把补助标准定为多少？") == Asked(
        "each", "补助标准定为多少", "补助标准定为多少", ("2010", "2011")
    )
    assert asked("第一篇到第三篇里哪几篇提到粮食？") == Asked("which", "粮食", "粮食", ("第一篇", "第二篇", "第三篇"))
    assert asked("第3篇提到几次“高质量发展”？") == Asked(
        "times", "高质量发展", "高质量发展", ("第三篇",), strict=True, counted=True
    )


def test_articles_set_side_by_side_are_each_asked_what_they_say() -> None:
    assert asked("第五篇和第七篇在人才方面有什么不同？") == Asked(
        "each", "人才", "人才", ("第五篇", "第七篇"), differ=True
    )
    assert asked("2012年和2013年的政府工作报告对房价分别怎么说？") == Asked("each", "房价", "房价", ("2012", "2013"))


@pytest.mark.parametrize(
    ("question", "apart"),
    [
        (
            "到2025年和到2035年，中部地区的目标各是什么？",
            ("到2025年，中部地区的目标是什么", "到2035年，中部地区的目标是什么"),
        ),
        (
            "甲公司和乙公司分别在2019年和2021年分发了多少股利？",
            ("甲公司在2019年分发了多少股利", "乙公司在2021年分发了多少股利"),
        ),
        ("比较2017年甲公司和乙公司的营业收入", ("2017年甲公司的营业收入", "2017年乙公司的营业收入")),
        (
            "比较甲公司和乙公司在2019年和2021年的营业收入，哪家公司的营业收入更高？",
            ("甲公司在2019年的营业收入", "乙公司在2021年的营业收入"),
        ),
        ("垃圾站和垃圾堆放场有什么不同？", ("垃圾站", "垃圾堆放场")),
        (
            "第七篇把创新、协调、绿色三种发展分别看作什么？",
            ("第七篇把创新发展看作什么", "第七篇把协调发展看作什么", "第七篇把绿色发展看作什么"),
        ),
    ],
)
def test_a_question_about_several_things_is_one_for_each(question: str, apart: tuple[str, ...]) -> None:
    assert sides(question) == apart


@pytest.mark.parametrize(
    "question",
    [
        "比较优势是什么？",
        "银纹笛鲷比较喜欢在哪里产卵？",
        "无废城市建设试点支持哪些地方？",
        "粮食和能源怎么保障？",
        "两家公司的区别是什么？",
        "",
    ],
)
def test_a_question_about_one_thing_is_not_taken_apart(question: str) -> None:
    assert sides(question) == ()


@settings(max_examples=100)
@given(chinese)
def test_whatever_is_asked_the_topic_has_letters_and_no_thing_is_empty(text: str) -> None:
    found = asked(text)
    assert found is None or any(c.isalnum() for c in found.topic)
    assert all(question.strip() for question in sides(text))


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        (("女子500米的金牌", "男子500米的金牌"), ("女子", "男子")),
        (("2022年的产量", "2023年的产量"), ("2022", "2023")),
        (("德国队在哪个组", "法国队在哪个组"), ("德国", "法国")),
        (("国葬的时间", "国葬的地点"), ("时间", "地点")),
        (("产量", "产量"), ("", "")),
    ],
)
def test_what_tells_the_questions_apart_is_whole(parts: tuple[str, str], words: tuple[str, str]) -> None:
    assert differing(parts) == words
