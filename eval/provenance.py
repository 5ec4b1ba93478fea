"""The code and machine at hand -> what a report keeps, so that its figures can be told apart later."""

from __future__ import annotations

import os
import platform
import resource
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def git_commit(folder: Path = ROOT) -> str | None:
    """The short commit of the code, `-dirty` when tracked files are changed; None outside a repository."""
    command = ["git", "-C", str(folder), "describe", "--always", "--dirty", "--exclude=*"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=10, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.strip() or None


def machine() -> str:
    """Processor kind and count, and the Python version."""
    return f"{platform.machine()}，{os.cpu_count()} 核，Python {platform.python_version()}"


def now() -> str:
    """The present time, ISO 8601 with seconds, in UTC."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def peak_memory_gb() -> float:
    """The most memory that this process, or one it started and waited for, has held at once, in GB."""
    peaks = [resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return max(peaks) * (1 if sys.platform == "darwin" else 1024) / 1e9  # Linux counts kilobytes, macOS bytes
