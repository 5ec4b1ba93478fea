"""Token ids of question and passage pairs -> one score a pair: a small BERT in which only the question reads last.

BERT (Devlin et al. 2019) written out, so that loading needs neither transformers nor a network. Pairs are packed: no
work is done for padding except inside attention. Of the last layer only the question's part is computed, its tokens
being the ones that are scored; that saves a fifth of the time of four layers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional


@dataclass(frozen=True, slots=True)
class Shape:
    """Sizes of a network, as config.json holds them."""

    vocabulary: int
    width: int = 512
    inner: int = 2048
    heads: int = 8
    layers: int = 4
    positions: int = 512


@dataclass(frozen=True, slots=True)
class Pack:
    """n pairs one behind another: `ids`, `kinds` (0 question, 1 passage), `places` in the pair; all of length total.

    `rows` and `columns` say where each token stands in a table of n × the longest pair; `front` marks the tokens of
    the questions with their first and last sign.
    """

    ids: Tensor
    kinds: Tensor
    places: Tensor
    rows: Tensor
    columns: Tensor
    front: Tensor
    count: int
    longest: int


def pack(pairs: Sequence[tuple[Sequence[int], Sequence[int]]]) -> Pack:
    """Pairs of (question with its signs, passage with its sign) as one run of tokens."""
    sizes = [(len(question), len(passage)) for question, passage in pairs]
    totals = [q + p for q, p in sizes]
    columns = torch.cat([torch.arange(total) for total in totals])
    rows = torch.repeat_interleave(torch.arange(len(pairs)), torch.tensor(totals))
    starts = torch.repeat_interleave(torch.tensor([q for q, _ in sizes]), torch.tensor(totals))
    front = columns < starts
    ids = torch.tensor([token for question, passage in pairs for token in (*question, *passage)])
    return Pack(ids, (~front).long(), columns, rows, columns, front, len(pairs), max(totals))


class Layer(nn.Module):
    """One layer of BERT over packed pairs; normalisation after each half."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.heads = shape.heads
        self.query = nn.Linear(shape.width, shape.width)
        self.key = nn.Linear(shape.width, shape.width)
        self.value = nn.Linear(shape.width, shape.width)
        self.output = nn.Linear(shape.width, shape.width)
        self.attention_norm = nn.LayerNorm(shape.width, eps=1e-12)
        self.inner = nn.Linear(shape.width, shape.inner)
        self.outer = nn.Linear(shape.inner, shape.width)
        self.norm = nn.LayerNorm(shape.width, eps=1e-12)

    def forward(self, hidden: Tensor, packed: Pack, mask: Tensor, *, last: bool) -> Tensor:
        """The states of all tokens, or with `last` of the questions' tokens alone."""
        asking = hidden[packed.front] if last else hidden
        rows, columns = (
            (packed.rows[packed.front], packed.columns[packed.front]) if last else (packed.rows, packed.columns)
        )
        width = int(columns.max()) + 1
        key, value = (
            self._table(part(hidden), packed.rows, packed.columns, packed.count, packed.longest)
            for part in (self.key, self.value)
        )
        query = self._table(self.query(asking), rows, columns, packed.count, width)
        mixed = functional.scaled_dot_product_attention(query, key, value, attn_mask=mask)
        mixed = mixed.transpose(1, 2)[rows, columns].flatten(1)
        asking = self.attention_norm(asking + self.output(mixed))
        found: Tensor = self.norm(asking + self.outer(functional.gelu(self.inner(asking))))
        return found

    def _table(self, flat: Tensor, rows: Tensor, columns: Tensor, count: int, width: int) -> Tensor:
        """(tokens, width) -> (pairs, heads, longest, width of a head), 0 where there is no token."""
        table = flat.new_zeros(count, width, self.heads, flat.shape[1] // self.heads)
        table = table.index_put((rows, columns), flat.view(len(flat), self.heads, -1))
        return table.transpose(1, 2)


class Network(nn.Module):
    """Embeddings, layers, and a score read off the question's tokens: their mean and the first of them."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.shape = shape
        self.words = nn.Embedding(shape.vocabulary, shape.width)
        self.positions = nn.Embedding(shape.positions, shape.width)
        self.kinds = nn.Embedding(2, shape.width)
        self.embedding_norm = nn.LayerNorm(shape.width, eps=1e-12)
        self.layers = nn.ModuleList(Layer(shape) for _ in range(shape.layers))
        self.dense = nn.Linear(shape.width, shape.width)
        self.score = nn.Linear(shape.width, 1)

    def forward(self, packed: Pack) -> Tensor:
        """One score a pair, not bounded; float32."""
        hidden = self.words(packed.ids) + self.positions(packed.places) + self.kinds(packed.kinds)
        hidden = self.embedding_norm(hidden)
        real = torch.zeros(packed.count, packed.longest, dtype=torch.bool)
        real[packed.rows, packed.columns] = True
        mask = torch.zeros(real.shape, dtype=self._type(hidden)).masked_fill(~real, float("-inf"))[:, None, None, :]
        for place, layer in enumerate(self.layers, 1):
            hidden = layer(hidden, packed, mask, last=place == len(self.layers))
        rows = packed.rows[packed.front]
        states = torch.tanh(self.dense(hidden))
        scores = self.score(states)[:, 0].float()
        count = torch.zeros(packed.count).index_add(0, rows, torch.ones(len(rows)))
        total: Tensor = torch.zeros(packed.count).index_add(0, rows, scores)
        return total / count

    @staticmethod
    def _type(hidden: Tensor) -> torch.dtype:
        return torch.get_autocast_dtype("cpu") if torch.is_autocast_enabled("cpu") else hidden.dtype
