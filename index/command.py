"""What every command shares: one Chinese line for an error, exit codes, Ctrl-C."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable

from index.errors import JudianError

FAILED, USAGE, INTERRUPTED = 1, 2, 130


def quiet_libraries() -> None:
    """No telemetry, no hub, no progress bars of other libraries: set before they are imported."""
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")
    os.environ.setdefault("HF_HUB_DISABLE_PROGRESS_BARS", "1")
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")


def run(command: Callable[[], int]) -> int:
    """The command's exit code; a JudianError becomes its message on standard error and exit code 2, Ctrl-C its own (or
    the message of the KeyboardInterrupt) and 130."""
    try:
        return command()
    except JudianError as error:
        print(f"错误：{error}", file=sys.stderr)
        return USAGE
    except KeyboardInterrupt as stopped:
        print(f"\n{str(stopped) or '已中断。已经完成的部分都保留着。'}", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:
        sys.stderr.close()
        return FAILED
