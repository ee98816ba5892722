"""The site of the documentation: `make docs` builds it into `build/site`.

The pages are laid out as in the repository, so that a link leads to the same place here and there.
"""

import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
CONFIGURATION = "zensical.toml"
PAGES = "build/pages"
PARTS = ("README.md", "CHANGELOG.md", "LICENSE", "benchmarks/README.md", "docs", "deploy")
# An operator's own, and the files of the recipes, whose pages hold them.
LEFT_OUT = shutil.ignore_patterns("settings.env", "secret.env", "recipes")


def lay_out(directory: Path) -> None:
    """Configuration and pages, into a directory in which nothing of an earlier time remains."""
    pages = directory / PAGES
    shutil.rmtree(pages, ignore_errors=True)
    for part in PARTS:
        target = pages / part
        target.parent.mkdir(parents=True, exist_ok=True)
        if (ROOT / part).is_dir():
            shutil.copytree(ROOT / part, target, ignore=LEFT_OUT)
        else:
            shutil.copy(ROOT / part, target)
    if directory != ROOT:
        shutil.copy(ROOT / CONFIGURATION, directory)


def build(directory: Path) -> "subprocess.CompletedProcess[str]":
    """A link that leads nowhere ends it with a status other than 0."""
    program = Path(sys.executable).parent / "zensical"
    command = [str(program), "build", "--strict", "--clean", "-f", str(directory / CONFIGURATION)]
    return subprocess.run(command, cwd=directory, capture_output=True, text=True, check=False)


def main() -> None:
    lay_out(ROOT)
    done = build(ROOT)
    sys.stdout.write(done.stdout)
    sys.stderr.write(done.stderr)
    sys.exit(done.returncode)


if __name__ == "__main__":
    main()
