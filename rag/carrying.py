"""A claim + one source sentence -> whether the sentence carries it: says what it says, no more and nothing else. Pure.

Small models stitch two true sentences into a false one, move names between lists and drop the word that turns the
meaning. So each clause of a claim must be a stretch of one clause of the source, or of its list; what is left out may
hold neither a negation nor a bound, a plan, a condition or somebody else's opinion; and clauses that are put side by
side must have stood there with the same subject.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rag.wording import DROPPABLE, Clause, clauses

LEAST = 3  # letters of a claim that is not the whole sentence
MOST_PLACES = 6  # at which one clause of a claim is tried
MOST_TRIED = 400  # ways of placing a claim
LIST_EDGE = 6  # letters that a list's first and last item share with what stands around it

_TURNING = (  # words that nobody may leave out of a clause that he takes up
    "不(?!断|仅|但|同|少|妨|论|错)|没|未(?!来)|无(?!锡|线|人机|论|疑)|非(?!洲|常|凡)|勿|否|免|莫|仅|只(?!要)|半|副|原|准|伪|反(?!映|复)"
    "|拟|可能|预计|计划|力争|争取|有望|或许|也许|大概|疑似|涉嫌|据称|据传|网传|谣|误|假|传闻|号称|声称|辩称|诉称|主张|认为|相信|觉得"
    "|建议|要求|请求|申请|希望|呼吁|判令|阻止|防止|避免|禁止|停止|取消|反对|拒绝|杜绝|制止|终止|撤销|驳回|放弃|缺乏|缺少|尚|除"
    "|约|近(?!年|日|期|代)|超|不足|至少|最多|不少|部分|基本|初步|逐步|少数|多数|个别|分别|依次|之间|相比|[比较]上年|如果|若|假如|倘若|一旦|只有"
)
_TURNED = re.compile(_TURNING)
_LEADING = re.compile(  # which a clause may begin with and the claim leave out
    r"(?:[一二三四五六七八九十]{1,2}(?:为|要|、)|第[一二三四五六七八九十]、?|\d{1,2}[.、]?|其[一二三四五]|首先|其次|最后|一方面|另一方面|但为?|而且?|且|不过|然而"
    "|因此|所以|其中|特别为|尤其为|例如|比如|即|今年|全年|我们|会议|各地)+"
)
_FRAME = re.compile(
    "如果|若|假如|倘若|除非|一旦|只有|只要|即使|预计|计划|拟|力争|争取|有望|可能|目标|辩称|诉称|声称|据称|网传|传言|谣|误|传闻"
    r"|认为|建议|要求|请求|希望|主张|假设|[到至]\d{4}年(?!\d)|未来|(?<!目)的$"
    "|(?:提出|称|说道?|坦言道?|表示|指出|介绍|透露|报道|觉得|看来)$"
)
_OVERTHROWN = re.compile("谣言|误传|不实|虚假|并非|其实|实际上|事实上|除外|例外|不成立|失实|辟谣|予以否认")
_PLAN = re.compile("(?<![主重需只首必摘纲紧])要(?![求素点闻员塞])|[将应须](?![用届军对急])|拟|力争|争取|计划|预计")
_RESULT = re.compile(r"\d|实现|完成|建成|突破|达|增长|新增|下降|成立|获|取得")
_TIMES = re.compile(r"[在于自从]?(?:\d{4}年(?:\d{1,2}月(?:\d{1,2}日)?)?(?:底|末|初)?)|\d{1,2}月\d{1,2}日")
_COUNTED = re.compile(r"\d+[个项条名人家章篇届位件种类省市县区国地]|[三四五六七八九十两二]大")
_VERBED = re.compile(
    "^(?:[一二三四五六七八九十]为|第[一二三四五六七八九十]|(?:\\d+))?(?:加[强快大速]|推[进动行广出]|促进|完善|坚[持定决]|提[高升出供倡]|全[面力]|实[施行现]|扩大|深化"
    "|支持|鼓励|健全|建[立成设]|发[展挥布]|增[强加长]|努力|必须|保[持障护证]|落实|维护|制定|做[好到强]|改[善革进]|确保|引导|依法"
    "|强化|开[展发放]|巩固|优化|统筹|形成|打造|启动|规范|稳定|构建|解决|培育|抓[紧好]|采取|拓[展宽]|出台|降低|防[止范]|通过"
    "|注重|探索|调整|控制|扶持|严[厉格禁]|服务|营造|办好|覆盖|改造|清理|突破|取[得消]|遏制|成[为立功]|淘汰|密切|设立|倡导|夯实|紧扣"
    "|主要|始[终建]|曾(?!某|经理)|现任|任(?!某)|为|有(?!限|色|机|关|些|的)|拥有|获|荣获|毕业|从事|致力|位于|并|则|仍|由(?!于)|被(?!告|害|申|上|执|征|保|侵)|把(?!手)|对(?!象|手|方|外|于)|向(?!某)|以(?!色|来|上|下|前|后)|使(?!用者|馆)|让|令|将(?!军|某)|占|达(?!州)|超(?!市|级)|约(?!定|旦)|比(?!赛|利|例|重|值|亚)|同比|环比"
    "|较|上升|下降|减少|回落|亏损|盈利|败诉|胜诉|赔偿|判处|处(?!长|方|理|罚|于)|请求|要求|希望|认为|称|指出|强调|表示|包括|涉及|共计?|累计|合计|总计|增幅|降幅|涨幅|跌幅)"
)


@dataclass(frozen=True, slots=True)
class _Placed:
    """A clause of the claim, the half-open stretches of the source's letters that it takes, and whether as a list."""

    spans: tuple[tuple[int, int], ...]

    @property
    def start(self) -> int:
        return self.spans[0][0]

    @property
    def end(self) -> int:
        return self.spans[-1][1]


class _Source:
    """The clauses of a source sentence, laid end to end."""

    def __init__(self, parts: Sequence[Clause]) -> None:
        self.parts = parts
        self.text = "".join(p.text for p in parts)
        self.starts = (0, *itertools.accumulate(len(p.text) for p in parts))
        self.owner = [n for n, p in enumerate(parts) for _ in p.text]

    def begins(self, place: int) -> bool:
        return place in self.starts

    def verbed(self, clause: int) -> bool:
        """Whether a clause begins with its verb: it has its subject from before, or none."""
        return bool(_VERBED.match(self.parts[clause].text))

    def parallel(self, run: range) -> bool:
        """Whether clauses all begin by saying where or to whom: 在…，在…，在…"""
        return len({self.parts[n].raw[:1] for n in run}) == 1 and self.parts[run[0]].raw[:1] in "在对"

    def opens_segment(self, clause: int) -> bool:
        return clause == 0 or self.parts[clause - 1].segment != self.parts[clause].segment


def carries(source: str, claim: str) -> bool:
    """Whether the sentence `source` carries the whole of `claim`."""
    said, whole = clauses(claim), clauses(source)
    if not said or not whole or (sum(len(c.text) for c in said) < LEAST and said != whole):
        return False
    return any(_carried(said, _Source(parts)) for parts in _variants(clauses(source), claim))


def _variants(parts: Sequence[Clause], claim: str) -> Iterator[Sequence[Clause]]:
    """The source as it is; and without its dates, for a claim that gives none."""
    yield parts
    if not _TIMES.search(claim) and any(_TIMES.search(p.raw) for p in parts):
        bare = [Clause(p.raw, _TIMES.sub("", p.text), p.segment) for p in parts]
        if not any(_PLAN.search(p.raw) or re.search(r"[到至]\d{4}年", p.raw) for p in parts):
            yield [p for p in bare if p.text]


def _carried(said: Sequence[Clause], source: _Source) -> bool:
    choices = [list(itertools.islice(_places(clause, source), MOST_PLACES)) for clause in said]
    if not all(choices):
        return False
    return any(_allowed(said, placed, source) for placed in itertools.islice(itertools.product(*choices), MOST_TRIED))


def _places(clause: Clause, source: _Source) -> Iterator[_Placed]:
    """Where the clause stands in the source: in one stretch, or as part of a list."""
    at = source.text.find(clause.text)
    while at >= 0:
        end = at + len(clause.text)
        crosses = source.owner[at] != source.owner[end - 1]
        if _whole_words(source.text, at, end) and (not crosses or source.begins(at)):
            yield _Placed(((at, end),))
        at = source.text.find(clause.text, at + 1)
    for n, part in enumerate(source.parts):
        if "、" in part.text and not re.search("分别|依次|之间|[共合]|联合|相互|比", part.text):
            spans = _list_places(clause.text, part.text)
            if spans:
                yield _Placed(tuple((source.starts[n] + a, source.starts[n] + b) for a, b in spans))


def _whole_words(text: str, start: int, end: int) -> bool:
    """Whether neither a number nor a Latin word is cut at either edge."""
    for left, right in ((text[start - 1 : start], text[start]), (text[end - 1], text[end : end + 1])):
        if left and right and (_latin(left) and _latin(right)):
            return False
    return True


def _latin(letter: str) -> bool:
    return letter.isascii() and (letter.isalnum() or letter in ".%")


def _list_places(said: str, written: str) -> tuple[tuple[int, int], ...]:
    """The stretches of `written` that `said` is made of, where it names some of a list's items, in any order; or ()."""
    head = _shared(said, written)
    tail = _shared(said[::-1], written[::-1])
    for before in range(head, max(-1, head - LIST_EDGE - 1), -1):
        for behind in range(min(tail, len(said) - before), max(-1, tail - LIST_EDGE - 1), -1):
            some, every = said[before : len(said) - behind], written[before : len(written) - behind]
            items = every.split("、")
            chosen = some.split("、")
            if some and len(items) > 1 and all(items) and len(set(chosen)) == len(chosen) and set(chosen) <= set(items):
                if len(chosen) < len(items) and _COUNTED.search(written[len(written) - behind :]):
                    continue
                return _taken(items, set(chosen), before, len(written), behind)
    return ()


def _taken(
    items: Sequence[str], chosen: set[str], before: int, length: int, behind: int
) -> tuple[tuple[int, int], ...]:
    spans = [(0, before)] if before else []
    at = before
    for item in items:
        if item in chosen:
            spans.append((at, at + len(item)))
        at += len(item) + 1
    return tuple([*spans, (length - behind, length)] if behind else spans)


def _shared(a: str, b: str) -> int:
    """Letters that both begin with."""
    return next((n for n, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))


def _allowed(said: Sequence[Clause], placed: Sequence[_Placed], source: _Source) -> bool:
    """Whether a way of placing the claim leaves the meaning as it was."""
    if not all(_follows(a, b, source) for a, b in itertools.pairwise(placed)):
        return False
    taken = sorted(span for p in placed for span in p.spans)
    if any(b < a for (_, a), (b, _) in itertools.pairwise(taken)):
        return False
    owners = sorted({source.owner[k] for a, b in taken for k in range(a, b)})
    return (
        not _loses_subject(placed[0], owners, source)
        and all(_whole_in_meaning(n, taken, source) for n in owners)
        and not _unframed(owners, source)
        and not _adds(said, owners, source)
    )


def _follows(a: _Placed, b: _Placed, source: _Source) -> bool:
    """Whether clause `b` may stand behind clause `a`: it did, or neither lends the other its subject."""
    if b.start == a.end:
        return True
    if not source.begins(b.start):
        return False
    first, second = source.owner[a.end - 1], source.owner[b.start]
    if second > first:
        between = range(first + 1, second)
        if source.parts[first].segment != source.parts[second].segment:
            return source.opens_segment(second)
        return all(source.verbed(n) for n in between) or source.parallel(range(first, second + 1))
    return all(source.verbed(n) for n in range(second, first + 1)) or (
        source.opens_segment(first) and source.opens_segment(second)
    )


def _loses_subject(first: _Placed, owners: Sequence[int], source: _Source) -> bool:
    """Whether the claim begins with a verb whose subject stands earlier and is left out."""
    begun = source.owner[first.start]
    if not source.verbed(begun) and source.begins(first.start):
        return False
    earlier = [n for n in range(begun) if source.parts[n].segment == source.parts[begun].segment]
    return any(not source.verbed(n) for n in earlier) and source.verbed(begun) and not set(earlier) & set(owners)


def _whole_in_meaning(n: int, taken: Sequence[tuple[int, int]], source: _Source) -> bool:
    """Whether nothing is left out of clause `n` that turns what is taken of it."""
    start, end = source.starts[n], source.starts[n + 1]
    held = {k for a, b in taken for k in range(max(a, start), min(b, end))}
    first, last = min(held), max(held)
    left_out = "".join(source.text[k] for k in range(first, last) if k not in held)
    head, tail = source.text[start:first], source.text[last + 1 : end]
    return not tail and not (head and not _LEADING.fullmatch(head)) and not _TURNED.search(left_out)


def _unframed(owners: Sequence[int], source: _Source) -> bool:
    """Whether a condition, a plan or somebody's opinion that governs a clause is left out, or what overthrows it."""
    for n in owners:
        own = source.parts[n].segment
        for k, part in enumerate(source.parts):
            if k in owners or part.segment != own:
                continue
            if (k < n and _FRAME.search(part.raw)) or (k > n and _OVERTHROWN.search(part.raw)):
                return True
    return False


def _adds(said: Sequence[Clause], owners: Sequence[int], source: _Source) -> bool:
    """Whether the claim has a strengthening word that the source has not, or makes a plan a result or a result a plan."""
    claim, written = "".join(c.raw for c in said), "".join(source.parts[n].raw for n in owners)
    if any(word not in written for word in DROPPABLE.findall(claim)):
        return True
    return bool(_PLAN.search(written)) != bool(_PLAN.search(claim)) and bool(_RESULT.search(claim))
