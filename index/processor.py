"""What this processor can do -> the number format that is fast on it."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import torch

_FLAGS = {"amx_bf16", "avx512_bf16", "bf16"}  # Intel tiles, AVX-512 dot products, Arm


@lru_cache(maxsize=1)
def fast_dtype() -> torch.dtype:
    """bfloat16 where the processor multiplies it in hardware, else float32 (emulated bfloat16 is slower)."""
    if torch.cuda.is_available():
        return torch.bfloat16
    cpuinfo = Path("/proc/cpuinfo")
    flags = set(cpuinfo.read_text(errors="replace").split()) if cpuinfo.exists() else set()
    return torch.bfloat16 if flags & _FLAGS else torch.float32
