"""A peer's name -> its runner, and the Python of its own environment, made on demand with pinned packages."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

from eval.files import make_folder, write_whole
from eval.peers.runners import haystack, judian, langchain, llamaindex, txtai
from index.errors import JudianError

OURS = "judian"
PATIENCE = 3600  # seconds that an installation may take
_STAMP = "packages.txt"


@dataclass(frozen=True, slots=True)
class System:
    """What is compared: `runner` is the script, `variants` its forms (name -> Chinese), `packages` pinned, in an
    environment of its own; none for ours, which runs in this one. `whole`: nothing but `packages` is installed."""

    name: str
    title: str
    runner: Path
    variants: Mapping[str, str]
    packages: tuple[str, ...] = ()
    whole: bool = False

    @property
    def digest(self) -> str:
        """Of the runner: other code, other results."""
        return hashlib.sha256(self.runner.read_bytes()).hexdigest()[:16]


def _system(name: str, module: ModuleType) -> System:
    return System(
        name,
        module.TITLE,
        Path(str(module.__file__)),
        module.VARIANTS,
        getattr(module, "PACKAGES", ()),
        getattr(module, "WHOLE", False),
    )


SYSTEMS: Mapping[str, System] = {
    name: _system(name, module)
    for name, module in (
        (OURS, judian),
        ("llamaindex", llamaindex),
        ("langchain", langchain),
        ("haystack", haystack),
        ("txtai", txtai),
    )
}


def choose_systems(names: Sequence[str], systems: Mapping[str, System] = SYSTEMS) -> list[System]:
    """The systems of these names, in that order; all for none. Raises JudianError for an unknown one."""
    for name in names:
        if name not in systems:
            raise JudianError(f"没有名为「{name}」的系统。可选：{'、'.join(systems)}。")
    return [systems[name] for name in names or systems]


class Environments:
    """The folder with an environment for each peer, `folder`/NAME."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def python(self, system: System) -> Path:
        """The Python that runs the system. Raises JudianError when it is not there, with the command that makes it."""
        if not system.packages:
            return Path(sys.executable)
        python = self._place(system)
        if not python.exists():
            raise JudianError(f"没有 {system.title} 的环境 {self.folder / system.name}。{self.mend(system)}")
        return python

    def mend(self, system: System) -> str:
        """What to run when the environment is missing or does not work."""
        return f"请建立：python -m eval peers-retrieval --install --systems {system.name} --environments {self.folder}"

    def install(self, system: System, run: Callable[[Sequence[str]], None] | None = None) -> bool:
        """Make the environment, or bring it to these packages; False when it has them already. Raises JudianError."""
        stamp, wanted = self.folder / system.name / _STAMP, "\n".join(system.packages) + "\n"
        if not system.packages or (stamp.exists() and stamp.read_text(encoding="utf-8") == wanted):
            return False
        make_folder(self.folder / system.name, "--environments 文件夹")
        run = run or _run
        if not self._place(system).exists():
            run([sys.executable, "-m", "venv", str(self.folder / system.name)])
        only = ["--no-deps"] if system.whole else []
        run([str(self._place(system)), "-m", "pip", "install", "--quiet", *only, *system.packages])
        write_whole(stamp, wanted)
        return True

    def _place(self, system: System) -> Path:
        inside = ("Scripts", "python.exe") if sys.platform == "win32" else ("bin", "python")
        return self.folder.resolve().joinpath(system.name, *inside)


def _run(command: Sequence[str]) -> None:
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise JudianError(f"建立环境失败：{error}。请检查网络和磁盘空间后重试。") from error
    if done.returncode:
        last = "\n".join(done.stderr.strip().splitlines()[-3:])
        raise JudianError(f"建立环境失败（{' '.join(command[1:4])}）：{last}\n请检查网络和磁盘空间后重试。")
