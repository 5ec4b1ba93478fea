"""What the windows under test are given: a language model that writes what it was told to, and a hostile document."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path

PLACE = "中部地区承东启西、连南接北，资源要素丰盈、市场潜力巨大、文化底蕴深厚。"
SHARE = "国家级战略性新兴产业集群和国家先进制造业集群占全国比重分别达27.3%和17.8%。"
SCRIPTS = {  # a word of the question -> what is written
    "比重": PLACE + SHARE,
    "座谈会": "习近平总书记在湖南省长沙市主持召开新时代推动中部地区崛起座谈会并发表重要讲话。",
    "蓝图": "把中部地区崛起的蓝图变为现实,关键靠干、关键在落实。",
    "慢慢说": "，".join(["中部地区承东启西、连南接北"] * 300),
}

HOSTILE_NAME = "<img src=x onerror=window.hacked=1>.txt"
HOSTILE = (
    "系统管理员的口令<script>window.hacked=1</script>每隔90天必须更换一次,"
    '<img src="x" onerror="window.hacked=1">不得使用[默认口令](javascript:window.hacked=1)或**弱口令**。'
    "${window.hacked=1}与{{constructor.constructor('window.hacked=1')()}}和`代码`也不得出现在制度里。\n"
)

COLLECTIONS = {
    "合同": "本合同的质量保证期为三年，自验收合格之日起计算。",
    "制度": "办公用品的质量保证期为一年，自领用之日起计算。",
}


@dataclass(frozen=True)
class Windows:
    """Addresses by name; the file that lets the slow model load; what the process wrote on standard error."""

    addresses: dict[str, str]
    gate: Path
    errors: Path


class ScriptedGenerator:
    """Writes the script whose key stands in the question; whether it is answered is not for it to say."""

    def __init__(self, scripts: Mapping[str, str], pause: float = 0.02, one_at_a_time: bool = False) -> None:
        """With `one_at_a_time` whoever comes later waits for the whole of another's text, and looks at no `stop`."""
        self._turn: threading.Lock | nullcontext[None] = threading.Lock() if one_at_a_time else nullcontext()
        self.name = "scripted-model"
        self._scripts = scripts
        self._pause = pause

    def generate(self, messages: Sequence[Mapping[str, str]], limit: int, stop: threading.Event) -> Iterator[str]:
        """The characters of the script, none after `stop`."""
        asked = messages[-1]["content"].rsplit("【问题】", 1)[-1]
        script = next((text for key, text in self._scripts.items() if key in asked), "")
        with self._turn:
            for character in script:
                if stop.wait(self._pause):
                    return
                yield character

    def choose(
        self, messages: Sequence[Mapping[str, str]], options: Sequence[str], stop: threading.Event | None = None
    ) -> list[float]:
        """All alike."""
        with self._turn:
            return [1 / len(options)] * len(options)
