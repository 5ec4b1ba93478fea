"""The kind of a question, and the form that its answer takes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.kinds import FORMS, Form, Kind, asked_number, asks_sections, aspects, form, kind

QUESTIONS: dict[Kind, tuple[str, ...]] = {
    "fact": (
        "劳动合同的试用期最长不得超过几个月？",
        "用人单位拖欠工资的，劳动者可以要求多少赔偿？",
        "诉讼时效从哪一天起算？",
        "本案的被告是谁？",
        "案件由哪家法院审理？",
        "原告主张的违约金是多少？",
        "被告人犯了什么罪？",
        "公司2021年的营业收入是多少？",
        "公司的注册地在哪里？",
        "董事长是谁？",
        "净利润同比增长了百分之几？",
        "募集的资金用于什么项目？",
        "公司何时上市？",
        "公司有多少家子公司？",
        "公司采用了什么系统来管理环境？",
        "每股派息几元？",
        "谁担任审计委员会主席？",
        "地震发生在什么地方？",
        "这次地震的震级是多少？",
        "火灾是什么时候发生的？",
        "本届运动会设有几个大项？",
        "获得冠军的是哪支球队？",
        "火箭叫什么名字？",
        "学校停课了没有，什么时候复课？",
        "票价从多少涨到多少？",
        "这位作家得过什么奖？",
        "电影的导演是谁？",
        "这条高铁全长多少公里？",
        "大桥有多长？",
        "列车时速多快？",
        "城镇新增就业目标是多少万人？",
        "补贴标准是多少？",
        "谁负责组织实施？",
        "由哪个部门牵头？",
        "文件什么时候印发？",
        "有效期到哪一年？",
        "高质量发展是现代化国家的什么任务？",
        "要推动江西建设什么样的开放型经济平台？",
        "座谈会是哪年哪月哪日召开的？",
        "设备的额定功率是多少瓦？",
        "滤网多久清洗一次？",
        "保修期是几年？",
        "指示灯有几种颜色？",
        "电池能用多久？",
        "客服电话是多少？",
        "软件的版本号是什么？",
        "李白出生在哪里？",
        "《红楼梦》的作者是谁？",
        "青藏高原的平均海拔有多高？",
        "疫苗要打几针？",
        "鲁迅和周作人是什么关系？",
    ),
    "definition": (
        "什么是善意取得？",
        "不可抗力的定义是什么？",
        "“情势变更”是什么意思？",
        "新质生产力是什么？",
        "何谓“双碳”目标？",
        "三大攻坚战指的是什么？",
        "红灯一直闪是什么意思？",
        "什么叫待机模式？",
        "光合作用是什么？",
        "请问什么是量子纠缠？",
    ),
    "list": (
        "合同无效的情形有哪些？",
        "解除劳动合同需要满足哪三个条件？",
        "行政处罚的种类包括哪些？",
        "起诉状应当载明哪些事项？",
        "公司在2020年进行了哪些重大投资？",
        "公司的主要产品包括什么？",
        "公司面临的主要风险有哪些？",
        "台风会影响哪些省份？",
        "“十四五”期间的主要任务有哪些？",
        "乡村振兴要坚持哪几条原则？",
        "六个坚持分别是什么？",
        "改革要抓住哪四个关键环节？",
        "这项政策的适用对象有哪些？",
        "中部地区面临的困难有哪些？",
        "安装前需要准备哪些工具？",
        "清洗步骤有哪几步？",
        "包装里都有什么？",
        "列举本机的安全注意事项",
        "报名条件有哪些？",
        "考试分为几个阶段？",
    ),
    "yes_no": (
        "未成年人签的合同是否有效？",
        "网购的东西七天内能不能退？",
        "公司是否派发了股利？",
        "嫌疑人抓到了吗？",
        "此次发射是不是首次载人飞行？",
        "农民工能否参加社保？",
        "可以用酒精擦拭屏幕吗？",
        "是否支持无线充电？",
        "图书馆周末开门吗？",
        "你知道这个寺庙建于何年吗？",
    ),
    "why": (
        "为什么法院驳回了原告的诉讼请求？",
        "法院驳回上诉的理由是什么？",
        "毛利率下降的原因是什么？",
        "公司为何终止收购？",
        "航班为什么取消？",
        "事故的原因是什么？",
        "为什么要推动绿色发展？",
        "推动崛起凭什么？",
        "机器不能启动的可能原因有哪些？",
        "为啥充不进电？",
    ),
    "comparison": (
        "定金和订金有什么区别？",
        "抵押和质押的区别是什么？",
        "仲裁和诉讼，哪个更快？",
        "比较甲公司和乙公司的净利润，哪家公司更高？",
        "2019年和2020年的研发投入相比增加了多少？",
        "哪一年公司的营收最高？",
        "财政赤字同上年比是多了还是少了？",
        "型号A和型号B的差别在哪里？",
        "哪个档位更省电？",
    ),
    "how": (
        "如何申请法律援助？",
        "当事人不服判决，应当怎么办？",
        "专利侵权怎样认定？",
        "公司是如何通过债务重组改善财务状况的？",
        "公司采取什么措施控制成本？",
        "救援人员怎么进入灾区？",
        "怎样推进城乡融合发展？",
        "基层治理怎么搞？",
        "城里要拴住能人，该往哪儿使劲？",
        "如何更换滤芯？",
        "怎么恢复出厂设置？",
        "血压高了该怎么办？",
    ),
    "places": (
        "关于加班的规定在哪一章？",
        "哪一节讲到了举证责任？",
        "哪几篇提到了粮食安全？",
        "第二篇和第五篇对人才的说法有什么不同？",
        "枫桥经验出自哪一篇？",
        "保养记录在哪一页？",
    ),
    "summary": (
        "总结公司的未来展望。",
        "结合该公司2019年的年度报告，总结其采取的环保措施。",
        "概括一下这份报告的主要内容",
        "简述会议精神",
        "这份材料讲了什么？",
        "请介绍一下这所大学",
    ),
    "several": (
        "甲公司和乙公司的员工人数分别是多少？",
        "公司上市的时间和募集资金各是多少？",
        "遇难者有多少人，受伤的有多少人？",
        "新规什么时候实施，适用于哪些人？",
        "2014年就业目标是多少，实际完成多少？",
        "这座城市的人口和面积各是多少？",
    ),
    "open": (
        "发布会上宣布了什么？",
        "到2025年的发展目标是什么？",
        "中部地区的定位是什么？",
        "政府工作的总体要求是什么？",
        "开机时应当注意什么？",
    ),
}


@pytest.mark.parametrize(("name", "question"), [(name, q) for name, asked in QUESTIONS.items() for q in asked])
def test_the_words_of_a_question_tell_its_kind(name: Kind, question: str) -> None:
    assert kind(question) == name


@pytest.mark.parametrize("name", FORMS)
def test_every_kind_has_a_form_and_is_met(name: Kind) -> None:
    assert QUESTIONS[name]
    assert FORMS[name].longest <= FORMS[name].room


@pytest.mark.parametrize(
    ("question", "number"),
    [
        ("按照哪三条思路发展？", 3),
        ("三个“赋分点”各是用哪句话概括的？", 3),
        ("新区有哪两个？", 2),
        ("制造业要朝着哪“三化”发展？", 3),
        ("主要任务有哪些？", 0),
        ("第三篇提到了哪些城市？", 0),
        ("一共有多少个试点？", 0),
    ],
)
def test_a_question_for_a_list_may_say_how_many(question: str, number: int) -> None:
    assert asked_number(question) == number


def test_as_many_sentences_are_shown_as_are_asked_for_and_one_more() -> None:
    assert form("要坚持哪六条原则？") == Form(7, FORMS["list"].room, FORMS["list"].longest, FORMS["list"].near)
    assert form("要坚持哪些原则？") == FORMS["list"]


@pytest.mark.parametrize(
    ("question", "parts"),
    [
        ("公司是如何通过资产重组、债务重组和大规模融资来改善财务状况的？", ("资产重组", "债务重组", "大规模融资")),
        ("2014年就业目标是多少，实际完成多少？", ("2014年就业目标是多少", "实际完成多少")),
        ("公司是如何改善财务状况的？", ()),
        ("净利润是多少？", ()),
    ],
)
def test_a_question_may_have_parts_that_each_need_a_sentence(question: str, parts: tuple[str, ...]) -> None:
    assert aspects(question) == parts


@pytest.mark.parametrize(
    ("question", "asks"),
    [
        ("枫桥经验在哪一篇提到？", True),
        ("第二篇和第三篇有什么不同？", True),
        ("目标出自哪份文件？", False),
        ("第二篇怎么说？", False),
    ],
)
def test_some_questions_ask_for_sections(question: str, asks: bool) -> None:
    assert asks_sections(question) is asks


@given(st.text(max_size=60))
def test_every_text_has_a_kind(text: str) -> None:
    assert kind(text) in FORMS
    assert form(text).claims >= 2
    assert 0 <= asked_number(text) <= 12
