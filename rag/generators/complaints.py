"""What a server or the way to it did wrong -> a GeneratorError that says in Chinese what mends it. Pure.

No message holds the key, even where the server repeats it, and none keeps the client's own error, whose request does.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from rag.generate import GeneratorError

TOLD = 200  # characters of the server's own words that are shown
WITHOUT = "不用语言模型，只摘原句作答：JUDIAN_LANGUAGE_MODEL=none"


@dataclass(frozen=True, slots=True)
class Complaints:
    """Makes the errors of one server. `key` is hidden from them and from repr()."""

    address: str
    model: str
    key: str = field(default="", repr=False)

    def unreachable(self, reason: str) -> GeneratorError:
        """No connection."""
        return self._made(
            f"连不上语言模型服务 {self.address}（{reason}）。请确认服务已经启动、地址无误（设置 server）；{WITHOUT}"
        )

    def silent(self, seconds: float) -> GeneratorError:
        """Connected, and then no word for so long."""
        return self._made(
            f"语言模型服务 {self.address} 已有 {seconds:g} 秒没有回音。它可能正忙或正在载入模型：请稍后再问，"
            "或把设置 server_silence（秒）调大"
        )

    def broken_off(self) -> GeneratorError:
        """The answer has no end."""
        return self._made(f"语言模型服务 {self.address} 没有写完就断开了。请再问一次；常常如此时，请查看该服务的日志")

    def unreadable(self) -> GeneratorError:
        """What came is not in the form of the protocol."""
        return self._made(
            f"语言模型服务 {self.address} 的回答不合 OpenAI 接口的格式。请核对地址（设置 server）："
            "通常以 /v1 结尾，如 http://127.0.0.1:11434/v1"
        )

    def refused(self, status: int, told: str) -> GeneratorError:
        """Any other HTTP status than success; `told` is what the server says about it."""
        said = self._said(told)
        if status in (401, 403):
            return self._made(self._key_refused(status))
        if status == 429:
            return self._made(f"语言模型服务 {self.address} 说请求太多或额度用完{said}。请稍后再问，或核对额度")
        if status >= 500:
            return self._made(
                f"语言模型服务 {self.address} 自己出了错（HTTP {status}）{said}。请稍后再问，并查看该服务的日志"
            )
        return self._made(
            f"语言模型服务 {self.address} 不接受请求（HTTP {status}）{said}。请核对设置 server 与 language_model"
        )

    def no_model(self, offered: Sequence[str]) -> GeneratorError:
        """The server does not know the model; `offered` are those it does, empty when it does not say."""
        if not offered:
            return self._made(
                f"语言模型服务 {self.address} 上没有模型 {self.model}，或地址不对。请核对设置 language_model，"
                "以及 server 是否应以 /v1 结尾"
            )
        return self._made(
            f"语言模型服务 {self.address} 上没有模型 {self.model}。它有的是：{'、'.join(offered)}。"
            "请把设置 language_model 改为其中之一"
        )

    def _key_refused(self, status: int) -> str:
        if not self.key:
            return f"语言模型服务 {self.address} 要密钥（HTTP {status}），而环境变量 JUDIAN_API_KEY 和 OPENAI_API_KEY 都没有设置"
        return f"语言模型服务 {self.address} 不接受密钥（HTTP {status}）。请核对环境变量 JUDIAN_API_KEY（没有时用 OPENAI_API_KEY）"

    def _said(self, told: str) -> str:
        short = " ".join(told.split())[:TOLD]
        return f"：{short}" if short else ""

    def _made(self, message: str) -> GeneratorError:
        return GeneratorError(message.replace(self.key, "***") if self.key else message)
