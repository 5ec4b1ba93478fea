"""Claims and the quotes they cite -> validity, precision, recall, overlap with the gold evidence. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from eval.measures.folding import fold, without_marks
from eval.records import CitedQuote, Record, RecordClaim

Display = Callable[[str, int, int], str]
"""(document, start, end) -> that stretch of the source text with markers removed."""

MIN_CONTAINMENT = 0.5  # of two different sentences of the sample corpus 99 % share less than .32, .3 % reach .5
MIN_CLAUSE = 0.25
CLAUSE_PAIRS = 5  # shorter clauses are connecting words such as 「具体来说」
MIN_SHARED_RUN = 12  # folded characters; set phrases such as 「中部地区高质量发展」 are shorter

_FUNCTION_CHARACTERS = frozenset("的了是在和与及或等也都就而其这那为对以于之所有被把将由从到还又并且个")
_NUMBER = re.compile(
    r"第[0-9一二三四五六七八九十百]+[篇编章节条讲部]"  # a section is more than its number: 「七篇讲话」 is not 第七篇
    r"|[0-9]+(?:[.][0-9]+)?[%‰]?|[〇零一二两三四五六七八九十百千万亿]+"
)
_CLAUSE = re.compile(r"[，。；：、！？;!?\n]|,(?![0-9]{3})")
_LISTING = re.compile(
    r"\s*(?:[-•*]\s*)?"
    r"(?:[(（][0-9一二三四五六七八九十]{1,3}[)）]|[0-9]{1,2}[.、)）](?![0-9])|[一二三四五六七八九十]{1,3}、)?"
)


@dataclass(frozen=True, slots=True)
class CitationCounts:
    """What one answer's citations amount to; `valid` is None where there was no source to compare with.

    `carried` has one place for each claim: whether what it cites carries it; `supported`: how many claims some hit,
    cited or not, carries by itself; `unsupported`: how many neither what they cite nor any hit carries.
    """

    carried: tuple[bool, ...]
    supported: int
    citations: int
    precise: int
    quotes: int
    valid: int | None
    unsupported: int

    @property
    def claims(self) -> int:
        """How many claims the answer makes; 0 for a refusal."""
        return len(self.carried)


def count_citations(record: Record, display: Display | None) -> CitationCounts:
    """Counts for one answer; a refusal has no claims to carry.

    Recall = carried / claims; precision = precise / citations; validity = valid / quotes; sentence support =
    supported / claims (each summed over all answers). After ALCE (Gao et al. 2023, arXiv:2305.14627), with `carries` in the place of
    its entailment model.
    """
    claims = () if record.refused else record.claims
    by_number = {quote.n: quote for quote in record.citations}
    found = [CitedQuote(0, hit.document, hit.section, 0, 0, hit.text) for hit in record.hits]
    carried = tuple(is_carried(claim, by_number) for claim in claims)
    supported = [any(carries([hit], claim.text) for hit in found) for claim in claims]
    return CitationCounts(
        carried=carried,
        supported=sum(supported),
        citations=sum(len(claim.citations) for claim in claims),
        precise=sum(count_precise(claim, by_number) for claim in claims),
        quotes=len(record.citations),
        valid=None if display is None else sum(is_valid(quote, display) for quote in record.citations),
        unsupported=sum(not own and not found for own, found in zip(carried, supported, strict=True)),
    )


def carries(quotes: Iterable[CitedQuote], claim: str) -> bool:
    """Whether the cited words, taken together, carry the claim.

    Three conditions on folded text, citation marks and list numbering removed; beside its quote each
    citation counts its document name and section, which stand next to it on the screen.
    1. Every number of the claim is a number of the cited words (Arabic with decimals and %, or
       Chinese numerals, 第七篇 as a whole; a lone 一 is a word, not a number).
    2. |B(claim) ∩ B(cited)| / |B(claim)| ≥ MIN_CONTAINMENT, B being the pairs of neighbouring
       characters neither of which is a function word (的, 了, 是 …). A claim without pairs is not carried.
    3. Every clause of the claim with CLAUSE_PAIRS such pairs or more shares MIN_CLAUSE of its own: a
       made-up half sentence is not carried by the other half.
    It cannot see a dropped 不 or an exchanged subject: it errs on the side of the answer there.
    """
    cited = _clauses("。".join(f"{quote.document}。{quote.section}。{quote.quote}" for quote in quotes))
    said = _clauses(_LISTING.sub("", without_marks(claim), count=1))
    pairs = _content_pairs(said)
    if not pairs or not _numbers(said) <= _numbers(cited):
        return False
    held = _content_pairs(cited)
    clauses = [own for clause in said if len(own := _content_pairs([clause])) >= CLAUSE_PAIRS]
    return len(pairs & held) >= MIN_CONTAINMENT * len(pairs) and all(
        len(own & held) >= MIN_CLAUSE * len(own) for own in clauses
    )


def is_carried(claim: RecordClaim, quotes: Mapping[int, CitedQuote]) -> bool:
    """Whether the claim cites something and all it cites, taken together, carries it."""
    return carries(_cited(claim.citations, quotes), claim.text)


def count_precise(claim: RecordClaim, quotes: Mapping[int, CitedQuote]) -> int:
    """How many of the claim's citations are needed: the claim is carried, and this one carries it alone
    or the others do not carry it without this one (ALCE's citation precision)."""
    if not is_carried(claim, quotes):
        return 0
    return sum(
        carries(_cited([n], quotes), claim.text)
        or not carries(_cited([m for m in claim.citations if m != n], quotes), claim.text)
        for n in claim.citations
    )


def is_valid(quote: CitedQuote, display: Display) -> bool:
    """Whether the quote is not empty and is, to the letter, its source slice with markers removed."""
    return bool(quote.quote) and quote.quote == display(quote.document, quote.start, quote.end)


def cites_evidence(record: Record, evidence: Sequence[str]) -> bool:
    """Whether some cited quote overlaps a gold evidence quote, both folded: one contains the other,
    or they share a run of MIN_SHARED_RUN characters."""
    wanted = [fold(quote) for quote in evidence]
    cited = [fold(citation.quote) for citation in record.citations]
    return any(_overlap(c, w) for c in cited if c for w in wanted)


def _cited(numbers: Collection[int], quotes: Mapping[int, CitedQuote]) -> list[CitedQuote]:
    return [quotes[n] for n in numbers if n in quotes]


def _clauses(text: str) -> list[str]:
    """Folded stretches between signs: neither numbers nor pairs reach over a sign."""
    return [fold(clause) for clause in _CLAUSE.split(text)]


def _numbers(clauses: Iterable[str]) -> set[str]:
    return {number for clause in clauses for number in _NUMBER.findall(clause)} - {"一"}


def _content_pairs(clauses: Iterable[str]) -> set[str]:
    pairs = {clause[i : i + 2] for clause in clauses for i in range(len(clause) - 1)}
    return {pair for pair in pairs if not _FUNCTION_CHARACTERS & set(pair)}


def _overlap(left: str, right: str) -> bool:
    if left in right or right in left:
        return True
    return bool(_runs(left) & _runs(right))


def _runs(folded: str) -> set[str]:
    return {folded[i : i + MIN_SHARED_RUN] for i in range(len(folded) - MIN_SHARED_RUN + 1)}
