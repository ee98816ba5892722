"""Compiles what of the proxy is C, as it is installed or made into a wheel. Without it the proxy is slower, no less."""

import os
import shlex
import subprocess
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

ROOT = Path(__file__).parent
NATIVE = ROOT / "proxy/native"
FLAGS = ["-std=c11", "-O3", "-Wall", "-Wextra", "-shared", "-fPIC"]


class CompileHook(BuildHookInterface):  # type: ignore[type-arg]
    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """An editable install finds the library where the source is, a wheel takes it along."""
        library = NATIVE / "native.so"
        try:
            compile_library(library)
        except (OSError, subprocess.CalledProcessError) as error:
            library.unlink(missing_ok=True)
            self.app.display_warning(f"proxy/native is not compiled, so pictures are drawn by Pillow alone: {error}")
            return
        build_data["artifacts"].append(str(library.relative_to(ROOT)))
        build_data["pure_python"] = False
        build_data["infer_tag"] = True


def compile_library(library: Path, *flags: str) -> None:
    """Raises OSError without a compiler (`CC`, or cc), CalledProcessError if it refuses the source."""
    compiler = shlex.split(os.environ.get("CC", "cc"))
    sources = map(str, sorted(NATIVE.glob("*.c")))
    # Beside the old one and then in its place: a server that has that open goes on with it.
    made = library.with_suffix(f".{os.getpid()}")
    try:
        subprocess.run([*compiler, *FLAGS, *flags, "-o", str(made), *sources, "-lm"], check=True)  # noqa: S603
        made.replace(library)
    finally:
        made.unlink(missing_ok=True)
