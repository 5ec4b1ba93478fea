"""What this processor can do -> the number format that is fast on it."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import torch

_INTEGERS = {"amx_int8", "avx512_vnni", "avx_vnni"}
_FLAGS = {"amx_bf16", "avx512_bf16", "bf16"}  # Intel tiles, AVX-512 dot products, Arm


@lru_cache(maxsize=1)
def fast_dtype() -> torch.dtype:
    """bfloat16 where the processor multiplies it in hardware, else float32 (emulated bfloat16 is slower)."""
    if torch.cuda.is_available():
        return torch.bfloat16
    return torch.bfloat16 if _flags() & _FLAGS else torch.float32


@lru_cache(maxsize=1)
def fast_integers() -> bool:
    """Whether it multiplies 8-bit integers in hardware, so that a quantised model is quicker than any float."""
    there: bool = torch.backends.mkldnn.is_available()  # type: ignore[no-untyped-call]
    return there and not torch.cuda.is_available() and bool(_flags() & _INTEGERS)


def _flags() -> set[str]:
    cpuinfo = Path("/proc/cpuinfo")
    return set(cpuinfo.read_text(errors="replace").split()) if cpuinfo.exists() else set()
