"""Words and cells -> escaped HTML, and a whole page that asks nothing of the network. Pure but for the style sheet it reads.

Everything that is not `Html` is escaped, so that words of users and documents can be passed as they are.
"""

from __future__ import annotations

import base64
import hashlib
import html
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path

_HERE = Path(__file__).parent


class Html(str):
    """Text that is HTML already; `escape` leaves it as it is."""

    __slots__ = ()


def escape(value: object) -> Html:
    """The value as HTML text that is safe between tags and inside a quoted attribute."""
    return value if isinstance(value, Html) else Html(html.escape(str(value)))


def join(parts: Iterable[object], between: str = "") -> Html:
    """The parts, escaped, one after another."""
    return Html(between.join(map(escape, parts)))


def section(title: str, content: object, *, name: str = "") -> Html:
    """A part of the page under its own heading; `name` is what a link to it says after the #."""
    place = f' id="{escape(name)}"' if name else ""
    return Html(f"<section{place}><h2>{escape(title)}</h2>{escape(content)}</section>")


def table(rows: Sequence[Sequence[object]], *, kind: str = "") -> Html:
    """A table whose first row is its head and whose first column names the rows; a row of one cell is a heading over
    those below it. `kind` is a class of the style sheet."""
    head = "".join(f"<th scope=col>{escape(cell)}</th>" for cell in rows[0])
    lines = "".join(_line(row, len(rows[0])) for row in rows[1:])
    look = f' class="{escape(kind)}"' if kind else ""
    return Html(f"<div class=wide><table{look}><thead><tr>{head}</tr></thead><tbody>{lines}</tbody></table></div>")


def pairs(rows: Iterable[tuple[object, object]]) -> Html:
    """Names and what is said of each."""
    return Html(f"<dl>{''.join(f'<dt>{escape(name)}</dt><dd>{escape(told)}</dd>' for name, told in rows)}</dl>")


def fold(summary: object, content: object) -> Html:
    """Content that is folded away until it is asked for."""
    return Html(f"<details class=fold><summary>{escape(summary)}</summary>{escape(content)}</details>")


def document(title: str, body: str, *, script: str = "", allow: str = "form-action 'none'") -> str:
    """The whole page in the house style; `body` is HTML.

    Nothing outside the page is loaded, and of scripts only `script` runs: the policy names its SHA-256. A page that a
    local server shows and that sends something back says so with `allow`, e.g. "connect-src 'self'; form-action 'self'".
    """
    runs = f"script-src 'sha256-{_digest(script)}'; " if script else ""
    policy = f"default-src 'none'; style-src 'unsafe-inline'; {runs}base-uri 'none'; {allow}"
    return (
        '<!doctype html>\n<html lang="zh-CN"><head><meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width,initial-scale=1">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        f"<title>{escape(title)}</title>\n<style>\n{packaged('report.css')}</style></head>\n"
        f"<body><main>\n{body}\n</main>{f'<script>{script}</script>' if script else ''}</body></html>\n"
    )


@cache
def packaged(name: str) -> str:
    """The text of a file that lies beside this module: a style sheet or a script."""
    return (_HERE / name).read_text(encoding="utf-8")


def _line(row: Sequence[object], width: int) -> str:
    if len(row) == 1:
        return f"<tr class=group><th colspan={width} scope=rowgroup>{escape(row[0])}</th></tr>"
    cells = "".join(f"<td>{escape(cell)}</td>" for cell in row[1:])
    return f"<tr><th scope=row>{escape(row[0])}</th>{cells}</tr>"


def _digest(script: str) -> str:
    if "</script" in script.lower() or "<!--" in script:
        raise ValueError("a script that ends its own element or opens a comment cannot stand in a page")
    return base64.b64encode(hashlib.sha256(script.encode("utf-8")).digest()).decode("ascii")
