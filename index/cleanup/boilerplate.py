"""The lines of a text -> what a website or a file-sharing service wrote around it or into it. Pure."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from statistics import median

from index.cleanup.lines import CLOSERS, SENTENCE_END, Line
from index.extract import Span

_SHARING = re.compile(r"会员分享|在线阅读|更多相关|珍藏版|上搜索|下载可编辑|如有侵权|版权归原作者|仅供学习参考|文库")
_FILE = re.compile(r"[^《》]\.(?:docx?|pdf|pptx?|xlsx?|wps|txt)\b", re.IGNORECASE)
_NOTICE = re.compile(
    r"如有侵权|侵权必究|版权归.{0,12}所有|(?:未经|没有).{0,12}(?:许可|授权|同意|允许).{0,12}(?:不得|禁止|严禁).{0,12}(?:转载|复制|使用)"
    r"|转载请(?:注明|联系|保留)|(?:内容|图片|素材|资料|文章).{0,6}(?:来自|来源于?|搜集于|整理自)(?:互联)?网|仅供.{0,6}(?:学习|参考|交流)"
    r"|联系.{0,8}(?:删除|处理)|不代表本[网站].{0,4}(?:观点|立场)|(?:免责|版权|特别|本站)声明"
)
_RIGHTS = re.compile(
    r"(?:copyright\s*(?:©|\(c\)|\d)|©|版权所有(?=[\s©:：,，!！(（]|$)).{0,120}|.{0,60}ICP[备证].{0,40}|.{0,20}公网安备\s*\d+.{0,10}"
    r"|(?:下载|本)文?档.{0,30}(?:格式|下载后|可编辑|加载中).{0,30}|(?:长按|扫码|扫一扫|微信扫).{0,30}(?:关注|二维码|下载|阅读).{0,10}"
    r"|(?:返回|进入).{0,8}[，,]?查看更多|请?(?:使用|用)?浏览器.{0,6}(?:打开|浏览).{0,10}|-\s*(?:END|全文完|完)\s*-",
    re.IGNORECASE,
)
_CRUMBS = re.compile(
    r"(?:(?:您|你)?(?:现在|当前)?的?(?:当前)?位置\s*(?:是|在)?\s*[：:]\s*.{0,80}"
    r"|(?:网站)?(?:首页|主页)(?:\s*(?:[>＞»›→/|·]|&gt;|-)+\s*[^>＞»›→/|。，]{1,20}){1,6}[>＞»›]?)"
)
_CONTROL = re.compile(
    r"(?:分享(?:到|至|按钮)?|微信(?:好友|朋友圈)?|朋友圈|新浪微博|微博|QQ(?:空间|好友)?|腾讯|人人网|豆瓣|复制链接|收藏(?:本站|本文)?|打印(?:本[页文]|此[页文])?"
    r"|关闭(?:窗口|本页)?|返回(?:顶部|首页|列表|上一页)?|字[号体]|字体大小|[大中小]|加入收藏|设为首页|登录|注册|点赞|评论|举报|纠错|扫一扫"
    r"|上一[篇页]|下一[篇页]|没有了|查看更多|点击(?:下载|查看|加载更多)|立即下载|下载(?:全文|文档|APP)?|展开全文|阅读原文|\d+)"
)
_FILLER = re.compile(r"[\s|｜/·:：、,，【】\[\]()（）<>《》“”+\-—]+")
_SEGMENT = re.compile(
    r"(?P<open>[\[（(【<]?|第)\s*(?P<number>\d{1,5})\s*(?P<close>[\]）)】>]|[、:：]|[.．](?!\d)|[段片](?=\W|$)|(?<=\d)[ \t\u3000])"
)

ENDS = 5  # lines with words at either end of a text that may be a website's
ITEM_END = SENTENCE_END + CLOSERS + "；;：:"
MIN_SEGMENTS = 3  # fewer numbered lines than this are a list, not a cut file
MIN_SEGMENT_LENGTH = 80  # characters; the items of real lists are mostly shorter and end a sentence
MIN_CUT_SHARE = 0.3  # of the numbered lines begin in the middle of a sentence


def boilerplate(lines: Sequence[Line]) -> set[int]:
    """Places in `lines` of share buttons, notices of rights, menus: by their form, and only at either end."""
    ends = {*range(min(ENDS, len(lines))), *range(max(0, len(lines) - ENDS), len(lines))}
    return {n for n in ends if _is_boilerplate(lines[n].words)}


def _is_boilerplate(words: str) -> bool:
    if len(words) >= 400:
        return False
    if len(set(_SHARING.findall(words))) >= 2 or len({m[0] for m in _NOTICE.finditer(words)}) >= 2:
        return True
    if len(_FILE.findall(words)) >= 2 and _SHARING.search(words) and words.count("《") >= 2:
        return True
    if len(words) > 160:
        return False
    return bool(_RIGHTS.fullmatch(words) or _CRUMBS.fullmatch(words)) or _is_controls(words)


def _is_controls(words: str) -> bool:
    """Whether the line is nothing but the names of a page's buttons."""
    place, named = 0, False
    while place < len(words):
        found = _CONTROL.match(words, place) or _FILLER.match(words, place)
        if not found:
            return False
        named = named or (found.re is _CONTROL and len(found[0]) > 1 and not found[0].isdigit())
        place = found.end()
    return named


def segment_markers(text: str, lines: Sequence[Line]) -> Iterator[Span]:
    """Markers such as “\\n12、” that cut a text into equal pieces, told from a numbered list by three signs.

    They count 1, 2, 3 … without a gap, their lines are long, and many begin in mid-sentence.
    """
    runs: dict[tuple[str, str], list[tuple[int, re.Match[str]]]] = defaultdict(list)
    for n, line in enumerate(lines):
        mark = _SEGMENT.match(text, line.end - len(line.words), line.end)
        if mark:
            run = runs[mark["open"], mark["close"].strip()]
            if int(mark["number"]) == len(run) + 1:  # others are items of lists inside a piece
                run.append((n, mark))
    for run in runs.values():
        if _cuts_text(lines, run):
            for n, mark in run:
                start = lines[n].start
                yield (start - 1 if n and text[start - 1] == "\n" else start), mark.end()


def _cuts_text(lines: Sequence[Line], run: Sequence[tuple[int, re.Match[str]]]) -> bool:
    if len(run) < MIN_SEGMENTS or median(len(lines[n].words) for n, _ in run) < MIN_SEGMENT_LENGTH:
        return False
    cuts = sum(n > 0 and lines[n - 1].words[-1] not in ITEM_END for n, _ in run[1:])
    return cuts >= MIN_CUT_SHARE * (len(run) - 1)
