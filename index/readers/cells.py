"""A value and its number format -> the words that people see in the cell of a spreadsheet. Pure."""

from __future__ import annotations

import datetime
import math
import re
from decimal import ROUND_HALF_UP, Context, Decimal

_EAST_ASIAN = {  # the formats that Chinese Excel knows by number alone
    14: "yyyy/m/d",
    **dict.fromkeys((27, 36, 50, 52, 57), 'yyyy"年"m"月"'),
    **dict.fromkeys((28, 29, 51, 53, 54, 58), 'm"月"d"日"'),
    30: "m-d-yy",
    31: 'yyyy"年"m"月"d"日"',
    32: 'h"时"mm"分"',
    33: 'h"时"mm"分"ss"秒"',
    34: 'h"时"mm"分"',
    35: 'h"时"mm"分"ss"秒"',
    55: 'h"时"mm"分"',
    56: 'h"时"mm"分"ss"秒"',
}
_LITERAL = re.compile(r'"([^"]*)"|[\\!](.)|_.|\*.|\[\$([^\]-]*)(?:-[^\]]*)?\]|\[[^\]]*\]')
_DATE_CODE = re.compile(r"y+|m+|d+|h+|s+(?:\.0+)?|AM/PM|上午/下午|a{3,4}|.", re.I | re.S)
_WEEK = "一二三四五六日"
_NUMBER_CODE = re.compile(r"[#0?][#0?,]*(?:\.[0#?]*)?,*(?:E[+-]0+)?", re.I)

Value = str | bool | int | float | datetime.datetime | datetime.date | datetime.time | datetime.timedelta | None


def east_asian_format(number: int) -> str:
    """The code of a format that is known by its number and not written in the file; empty for others."""
    return _EAST_ASIAN.get(number, "")


def is_date_format(code: str) -> bool:
    """Whether numbers under `code` are days."""
    return (
        re.search("[ymdhs]|aaa", _LITERAL.sub("", code.split(";")[0]), re.I) is not None
        and "general" not in code.lower()
    )


def shown(value: Value, code: str = "General") -> str:
    """`value` as a cell with format `code` shows it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, (int, float)):
        return _number(value, code)
    if isinstance(value, datetime.timedelta):
        seconds = round(value.total_seconds())
        return f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    if isinstance(value, (datetime.date, datetime.time)):
        return _date(value, code)
    return str(value)


def _date(value: datetime.date | datetime.time, code: str) -> str:
    day = value if isinstance(value, datetime.datetime) else _moment(value)
    if not is_date_format(code):
        code = "yyyy/m/d h:mm:ss" if (day.hour or day.minute or day.second) else "yyyy/m/d"
    if code.startswith("[$-F800]") or code.startswith("[$-F400]"):
        code = 'yyyy"年"m"月"d"日"' if "F800" in code else "h:mm:ss"
    if code.lower() == "mm-dd-yy":  # format 14 is the system's short date
        code = "yyyy/m/d"
    parts = []
    end = 0
    section = code.split(";")[0]
    for m in _LITERAL.finditer(section):
        parts += [(True, c) for c in _DATE_CODE.findall(section[end : m.start()])]
        parts.append((False, m[1] or m[2] or m[3] or ""))
        end = m.end()
    parts += [(True, c) for c in _DATE_CODE.findall(section[end:])]
    return "".join(
        _date_part(day, c, _is_minute(parts, n)) if coded else c for n, (coded, c) in enumerate(parts)
    ).strip()


def _moment(value: datetime.date | datetime.time) -> datetime.datetime:
    if isinstance(value, datetime.time):
        return datetime.datetime.combine(datetime.date(1900, 1, 1), value)
    return datetime.datetime.combine(value, datetime.time())


def _is_minute(parts: list[tuple[bool, str]], place: int) -> bool:
    """Whether the m at `place` means minutes: the code before it is hours, or the one behind it seconds."""
    codes = [(n, c[0].lower()) for n, (coded, c) in enumerate(parts) if coded and c[0].lower() in "ymdhs"]
    at = next((k for k, (n, _) in enumerate(codes) if n == place), -1)
    return (at >= 0 and (codes[at - 1][1] == "h" if at else False)) or (
        codes[at + 1 : at + 2] != [] and codes[at + 1][1] == "s"
    )


def _date_part(day: datetime.datetime, code: str, minute: bool) -> str:
    letter, length = code[0].lower(), len(code)
    if letter == "y":
        return f"{day.year % 100:02}" if length <= 2 else f"{day.year}"
    if letter == "a" and length >= 3 and "/" not in code:
        return ("星期" if length == 4 else "周") + _WEEK[day.weekday()]
    if code in ("AM/PM", "上午/下午"):
        return code.split("/")[day.hour >= 12]
    if letter == "d" and length >= 3:
        return "星期" + _WEEK[day.weekday()]
    numbers = {"m": day.minute if minute else day.month, "d": day.day, "h": day.hour, "s": day.second}
    if letter not in numbers:
        return code
    return f"{numbers[letter]:02}" if length > 1 and not (letter == "m" and length > 2) else f"{numbers[letter]}"


def _number(value: float, code: str) -> str:
    sections = _sections(code)
    section = sections[0]
    if len(sections) > 1 and value < 0:
        section, value = sections[1], -value
    elif len(sections) > 2 and value == 0:
        section = sections[2]
    bare = _LITERAL.sub("", section)
    if not bare and len(sections) > 1:
        return _LITERAL.sub(_literal, section)  # a section of words alone, such as "-"
    found = _NUMBER_CODE.search(bare)
    if found is None or "general" in bare.lower() or "/" in bare or "@" in bare:
        return _general(value)
    words = [_LITERAL.sub(_literal, part) for part in _around(section)]
    front, behind = words[0], words[1]
    if "%" in bare:
        value *= 100
    sign = "-" if value < 0 else ""
    digits = _digits(abs(value), found[0])
    return f"{sign if digits.strip('0.,') else ''}{front}{digits}{behind}".strip()


def _sections(code: str) -> list[str]:
    return re.findall(r'(?:"[^"]*"|\\.|[^;"\\])+', code) or ["General"]


def _around(section: str) -> tuple[str, str]:
    """What stands before the digits of `section` and what behind them, literals not yet read."""
    hidden = _LITERAL.sub(lambda m: "\0" * len(m[0]), section)
    found = list(re.finditer(r"[#0?][#0?,.\0]*(?:E[+-]0+)?", hidden, re.I))
    first, last = found[0], found[0]
    end = last.end()
    while end > first.start() and hidden[end - 1] == "\0":
        end -= 1
    return section[: first.start()], section[end:]


def _literal(m: re.Match[str]) -> str:
    return m[1] or m[2] or m[3] or ""


def _digits(value: float, code: str) -> str:
    integer, _, fraction = code.partition(".")
    fraction = fraction.rstrip(",")
    if "e" in code.lower():
        places = len(re.match("[0#?]*", fraction)[0])  # type: ignore[index]
        return f"{value:.{places}E}"
    scale = len(code) - len(code.rstrip(","))
    value /= 1000**scale
    if not math.isfinite(value):
        return f"{value}"
    exact = Decimal(f"{value:.15g}").quantize(Decimal(1).scaleb(-len(fraction)), ROUND_HALF_UP, Context(prec=400))
    text = f"{exact:{',' if ',' in integer.rstrip(',') else ''}f}"
    optional = len(fraction) - len(fraction.rstrip("#?"))
    while optional and text.endswith("0"):
        text, optional = text[:-1], optional - 1
    text = text.rstrip(".") if "." in text else text
    width = integer.count("0")
    whole, dot, rest = text.partition(".")
    return (whole if "," in whole else whole.zfill(width)) + dot + rest


def _general(value: float) -> str:
    """A number without a format: whole ones without a point, others as short as they read back the same."""
    if isinstance(value, int) or (value.is_integer() and abs(value) < 1e15):
        return f"{int(value)}"
    text = f"{value:.12g}"
    return text if "e" not in text or abs(value) < 1e-9 or abs(value) >= 1e15 else f"{value:.15f}".rstrip("0")
