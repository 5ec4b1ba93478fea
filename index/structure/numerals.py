"""Chinese numerals <-> numbers, as headings and dates write them. Pure."""

from __future__ import annotations

_DIGITS = "零一二三四五六七八九"
NUMERAL = "[一二三四五六七八九十百零〇]"


def chinese_number(value: int) -> str:
    """0..999 as written in headings: 3 -> 三, 12 -> 十二, 105 -> 一百零五; a larger one in digits."""
    if value > 999:
        return str(value)
    hundreds, tens, ones = value // 100, value // 10 % 10, value % 10
    text = _DIGITS[hundreds] + "百" if hundreds else ""
    if tens:
        text += ("" if tens == 1 and not hundreds else _DIGITS[tens]) + "十"
    elif hundreds and ones:
        text += "零"
    return text + (_DIGITS[ones] if ones or not value else "")


def parse_number(text: str) -> int:
    """The value of 三, 十二, 四十, 一百零五 or 12."""
    if text.isdigit():
        return int(text)
    total = digit = 0
    for c in text.replace("〇", "零"):
        if c in "十百":
            total += (digit or 1) * (10 if c == "十" else 100)
            digit = 0
        else:
            digit = _DIGITS.index(c)
    return total + digit
