"""Rules and runs of a page -> its ruled tables, each row one line that repeats the heads of its columns. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from index.readers.layout import Line, Page, Rule, Run, joined, pieces
from index.readers.paragraphs import join

SNAP = 3.0  # points; rules nearer than this are one
MAX_RULES = 4000  # of one page; more are a drawing
MAX_LINES = 400  # rows or columns of one table
_FIGURE = re.compile(r"[-+−]?[\d,，.．]+\s*[%％‰万亿元人个年月日]*|[-—–/—]+")


@dataclass(frozen=True, slots=True)
class Table:
    """A grid. `cells[r][c]` is a text, `owner[r][c]` the number of the drawn cell, more than one place when merged."""

    xs: tuple[float, ...]
    ys: tuple[float, ...]
    cells: list[list[str]]
    owner: list[list[int]]
    size: float
    strong: bool  # the first row is bold

    @property
    def width(self) -> int:
        """The number of columns."""
        return len(self.xs) - 1


def find_tables(page: Page, runs: Sequence[Run]) -> tuple[list[Table], list[Run]]:
    """The page's tables of two or more rows and columns, and the runs outside them."""
    rest = list(runs)
    found = []
    for xs, ys, group in _grids(page.rules):
        inside, rest = _parted(rest, xs, ys)
        table = _table(xs, ys, group, inside)
        if table is None:
            rest += inside
        else:
            found.append(table)
    return found, rest


def _grids(rules: Sequence[Rule]) -> Iterator[tuple[list[float], list[float], list[Rule]]]:
    """Places of columns and rows of each group of rules that touch one another."""
    long = [r for r in rules if max(abs(r.x1 - r.x0), abs(r.y1 - r.y0)) > SNAP]
    straight = _merge([_ordered(r) for r in long[:MAX_RULES]])
    for group in _touching(straight):
        level, upright = [r for r in group if _level(r)], [r for r in group if not _level(r)]
        if not level or not upright:
            continue
        xs = _snapped([r.x0 for r in upright] + [min(r.x0 for r in level), max(r.x1 for r in level)])
        ys = _snapped([r.y0 for r in level] + [min(r.y0 for r in upright), max(r.y1 for r in upright)])
        if 3 <= len(xs) <= MAX_LINES and 3 <= len(ys) <= MAX_LINES:
            yield xs, ys, group


def _ordered(r: Rule) -> Rule:
    return Rule(min(r.x0, r.x1), min(r.y0, r.y1), max(r.x0, r.x1), max(r.y0, r.y1))


def _level(r: Rule) -> bool:
    return r.x1 - r.x0 >= r.y1 - r.y0


def _merge(rules: list[Rule]) -> list[Rule]:
    """Strokes that continue each other as one: many programs draw the sides of each cell."""
    merged: list[Rule] = []
    for r in sorted(rules, key=lambda r: (_level(r), round((r.y0 if _level(r) else r.x0) / 2), r.x0, r.y0)):
        for n in range(len(merged) - 1, max(-1, len(merged) - 6), -1):
            m = merged[n]
            near = abs(m.y0 - r.y0) <= 2 if _level(r) else abs(m.x0 - r.x0) <= 2
            onward = r.x0 <= m.x1 + SNAP if _level(r) else r.y0 <= m.y1 + SNAP
            if _level(m) == _level(r) and near and onward:
                merged[n] = Rule(m.x0, m.y0, max(m.x1, r.x1), max(m.y1, r.y1))
                break
        else:
            merged.append(r)
    return merged


def _touching(rules: list[Rule]) -> list[list[Rule]]:
    left, groups = list(rules), []
    while left:
        group, queue = [], [left.pop()]
        while queue:
            a = queue.pop()
            group.append(a)
            near = [b for b in left if _touch(a, b)]
            left = [b for b in left if not _touch(a, b)]
            queue += near
        groups.append(group)
    return groups


def _touch(a: Rule, b: Rule) -> bool:
    across = a.x0 - SNAP <= b.x1 and b.x0 - SNAP <= a.x1
    return across and a.y0 - SNAP <= b.y1 and b.y0 - SNAP <= a.y1


def _snapped(values: list[float]) -> list[float]:
    kept: list[float] = []
    for value in sorted(values):
        if not kept or value - kept[-1] > SNAP:
            kept.append(value)
    return kept


def _parted(runs: list[Run], xs: list[float], ys: list[float]) -> tuple[list[Run], list[Run]]:
    """The runs inside the grid, cut where they pass from one column into the next, and those outside."""
    inside: list[Run] = []
    outside: list[Run] = []
    for run in runs:
        middle = (run.x0[0] + run.x1[-1]) / 2
        if xs[0] - SNAP <= middle <= xs[-1] + SNAP and ys[0] < run.y - 0.3 * run.size < ys[-1]:
            inside += _cut(run, xs)
        else:
            outside.append(run)
    return inside, outside


def _cut(run: Run, xs: list[float]) -> Iterator[Run]:
    start = 0
    for i in range(1, len(run.text) + 1):
        if i == len(run.text) or _column(run, i, xs) != _column(run, start, xs):
            part = slice(start, i)
            yield Run(
                run.text[part], run.x0[part], run.x1[part], run.y, run.size, run.font, run.bold, run.light, run.quarter
            )
            start = i


def _column(run: Run, i: int, xs: list[float]) -> int:
    return _place((run.x0[i] + run.x1[i]) / 2, xs)


def _place(value: float, edges: Sequence[float]) -> int:
    inner = sum(value >= x for x in edges[1:-1])
    return min(inner, len(edges) - 2)


def _table(xs: list[float], ys: list[float], rules: list[Rule], runs: list[Run]) -> Table | None:
    owner = _owners(xs, ys, rules)
    if len({n for row in owner for n in row}) < 4 or not runs:
        return None
    held: dict[int, list[Run]] = {}
    for run in runs:
        r, c = _place(run.y - 0.3 * run.size, ys), _place((run.x0[0] + run.x1[-1]) / 2, xs)
        held.setdefault(owner[r][c], []).append(run)
    lines = {n: joined(pieces(group)) for n, group in held.items()}
    if sum(bool(x) for x in lines.values()) < 3:
        return None
    first = [x for n in set(owner[0]) for x in lines.get(n, [])]
    texts = {n: _flowed(x) for n, x in lines.items()}
    cells = [[texts.get(n, "") for n in row] for row in owner]
    size = max(r.size for r in runs)
    return Table(tuple(xs), tuple(ys), cells, owner, size, bool(first) and all(x.bold for x in first))


def _flowed(lines: list[Line]) -> str:
    text = ""
    for line in lines:
        if text:
            between, taken = join(text, line.text)
            text = text[: len(text) - taken] + between.replace("\n", "")
        text += line.text
    return text


def _owners(xs: list[float], ys: list[float], rules: list[Rule]) -> list[list[int]]:
    """The number of the drawn cell at each place of the grid: neighbours with no rule between them are one."""
    rows, columns = len(ys) - 1, len(xs) - 1
    parent = list(range(rows * columns))

    def root(n: int) -> int:
        while parent[n] != n:
            n = parent[n]
        return n

    for r in range(rows):
        for c in range(columns):
            if c + 1 < columns and not _ruled(rules, False, xs[c + 1], (ys[r] + ys[r + 1]) / 2):
                parent[root(r * columns + c + 1)] = root(r * columns + c)
            if r + 1 < rows and not _ruled(rules, True, ys[r + 1], (xs[c] + xs[c + 1]) / 2):
                parent[root((r + 1) * columns + c)] = root(r * columns + c)
    return [[root(r * columns + c) for c in range(columns)] for r in range(rows)]


def _ruled(rules: list[Rule], level: bool, at: float, across: float) -> bool:
    """Whether a rule of the direction stands `at` and passes `across`."""
    if level:
        return any(_level(r) and abs(r.y0 - at) <= SNAP and r.x0 <= across <= r.x1 for r in rules)
    return any(not _level(r) and abs(r.x0 - at) <= SNAP and r.y0 <= across <= r.y1 for r in rules)


def rows(table: Table, heads: Sequence[str] = ()) -> tuple[list[str], tuple[str, ...]]:
    """The table as lines, and the heads of its columns; `heads` are those of the page before when it goes on."""
    cells, owner, plain = table.cells, table.owner, []
    while cells and len(set(owner[0])) == 1 and len(cells) > 1:  # a title across all columns
        plain.append(cells[0][0])
        cells, owner = cells[1:], owner[1:]
    if heads:
        depth = next((n for n in range(len(cells), 0, -1) if _heads(cells[:n]) == tuple(heads)), 0)
    else:
        depth = _head_depth(table, cells, owner)
        heads = _heads(cells[:depth])
    lines = [_row(cells[r], owner[r], heads) for r in range(depth, len(cells))]
    return [x for x in [*plain, *lines] if x], tuple(heads)


def _head_depth(table: Table, cells: list[list[str]], owner: list[list[int]]) -> int:
    """How many rows hold the heads of the columns; 0 when the grid is a form and has none."""
    merged = sum(1 < len(set(row)) < len(row) for row in owner[1:])
    if len(cells) < 2 or (merged > 0.4 * (len(cells) - 1) and len(cells) > 2):
        return 0
    depth = 1
    while depth < min(3, len(cells) - 1) and (
        len(set(owner[depth - 1])) < len(owner[depth - 1]) or set(owner[depth - 1]) & set(owner[depth])
    ):
        depth += 1
    top, rest = [c for c in cells[0] if c], [c for row in cells[depth:] for c in row if c]
    if not top or sum(map(_figure, top)) > 0.5 * len(top):
        return 0
    body = [row for row, numbers in zip(cells[depth:], owner[depth:], strict=True) if len(set(numbers)) > 1]
    columns = [[row[n] for row in body if row[n]] for n in range(len(cells[0]))]
    counted = any(column and sum(map(_figure, column)) >= 0.75 * len(column) for column in columns[1:])
    if table.strong or depth > 1 or counted:
        return depth
    shorter = sum(map(len, top)) / len(top) <= sum(map(len, rest)) / max(1, len(rest))
    return depth if table.width >= 3 and shorter and len(cells) > 2 else 0


def _figure(text: str) -> bool:
    return bool(_FIGURE.fullmatch(text))


def _heads(cells: list[list[str]]) -> tuple[str, ...]:
    """Names of the columns: what stands over each of them, from above, a merged head but once."""
    return tuple("".join(dict.fromkeys(c for c in column if c)) for column in zip(*cells, strict=True))


def _row(cells: list[str], owner: list[int], heads: Sequence[str]) -> str:
    places = [i for i, n in enumerate(owner) if n not in owner[:i]]
    if not heads or len(places) == 1:
        texts = [cells[i] for i in places if cells[i]]
        return "：".join(texts) if len(texts) == 2 == len(owner) and len(texts[0]) <= 20 else "　".join(texts)
    named = [(heads[i] if i < len(heads) else "", cells[i]) for i in places if cells[i]]
    return "；".join(f"{head}：{text}" if head else text for head, text in named)


def as_line(table: Table, lines: Sequence[str]) -> Line:
    """The table as one block of a page, to be put in order with its lines."""
    return Line(
        "", table.xs[0], table.xs[-1], table.ys[0] + table.size, table.size, rows=tuple(lines), bottom=table.ys[-1]
    )
