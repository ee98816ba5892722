"""`python -m benchmarks.fuzz --minutes 5`: every target for its share of the time, each in a process of its own."""

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.fuzz.target import NAMES

MARGIN_SECONDS = 300.0  # to start, and to end


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.fuzz", description=__doc__)
    parser.add_argument("--minutes", type=float, default=5.0, help="for all targets together")
    parser.add_argument("--only", choices=NAMES, action="append", help="this target; may be said again")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--home", type=Path, default=Path(".cache/fuzz"), help="corpus and failures stay there")
    options = parser.parse_args()
    names = options.only or NAMES
    seconds = options.minutes * 60 / len(names)
    failed = [name for name in names if not fuzz(name, seconds, options)]
    print(f"FAIL {', '.join(failed)}" if failed else f"ok   {', '.join(names)}", flush=True)
    return 1 if failed else 0


def fuzz(name: str, seconds: float, options: argparse.Namespace) -> bool:
    """In a process of its own, since a fuzzer ends the one that it is in; what that leaves behind goes, too."""
    print(f"---- {name}, {seconds:.0f} s", flush=True)
    command = [sys.executable, "-m", "benchmarks.fuzz.run", name, "--seconds", str(seconds)]
    command += ["--seed", str(options.seed), "--home", str(options.home)]
    known = kept(options.home)
    with tempfile.TemporaryDirectory(prefix="fuzz-", ignore_cleanup_errors=True) as directory:
        try:
            status = subprocess.run(
                command, env=os.environ | {"TMPDIR": directory}, timeout=seconds + MARGIN_SECONDS, check=False
            ).returncode
        except subprocess.TimeoutExpired:
            print(f"FAIL {name}: it does not come to an end", flush=True)
            return False
    for file in sorted(kept(options.home) - known):
        print(f"kept: {file}; replay it: python -m benchmarks.fuzz.run {name} --replay {file}", flush=True)
    return status == 0


def kept(home: Path) -> set[Path]:
    return set((home / "failures").glob("*"))


if __name__ == "__main__":
    sys.exit(main())
