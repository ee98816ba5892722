"""Promises of the repository itself: locked dependencies, a safe image, a changelog, files of a readable size."""

import ast
import json
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parent.parent
LOCKS = sorted(path.name for path in ROOT.glob("requirements*.lock"))
FUZZ_LOCK = "benchmarks/fuzz/requirements.lock"  # of no environment but that of `make fuzz`
MODULES = sorted((ROOT / "proxy").rglob("*.py"))
MOST_LINES = 300


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def pyproject() -> dict[str, Any]:
    return tomllib.loads(read("pyproject.toml"))


def group(name: str) -> list[str]:
    """The requirements of a dependency group, those of the groups it includes among them."""
    wanted: list[str] = []
    for entry in pyproject()["dependency-groups"][name]:
        wanted += [entry] if isinstance(entry, str) else group(entry["include-group"])
    return wanted


def locked(name: str) -> dict[str, str]:
    """Package -> version, of one lock file."""
    return {
        canonicalize_name(package): version
        for package, version in re.findall(r"^([\w.-]+)==(\S+)", read(name), flags=re.MULTILINE)
    }


def instructions(stage: int = 0) -> list[tuple[str, str]]:
    """The Dockerfile from its nth FROM on, as (instruction, the rest), without comments, continued lines joined."""
    code = re.sub(r"^\s*#.*\n", "", read("Dockerfile"), flags=re.MULTILINE).replace("\\\n", "")
    lines = [line.partition(" ") for line in code.splitlines() if line.strip()]
    starts = [number for number, (word, _, _) in enumerate(lines) if word == "FROM"]
    return [(word, rest.strip()) for word, _, rest in lines[starts[stage] :]]


@pytest.mark.parametrize(
    ("lock", "wanted"),
    [
        ("requirements.lock", pyproject()["project"]["dependencies"]),
        ("requirements-build.lock", group("build")),
        ("requirements-otel.lock", pyproject()["project"]["dependencies"] + group("otel")),
        ("requirements-dev.lock", pyproject()["project"]["dependencies"] + group("dev")),
        (FUZZ_LOCK, group("fuzz")),
    ],
)
def test_a_lock_file_holds_every_dependency_at_a_version_that_is_allowed(lock: str, wanted: list[str]) -> None:
    versions = locked(lock)

    for requirement in map(Requirement, wanted):
        version = versions.get(canonicalize_name(requirement.name))

        assert version, f"{lock} lacks {requirement}: run `make lock`"
        assert requirement.specifier.contains(version), f"{lock} has {version} of {requirement}: run `make lock`"


def test_the_extra_is_tested_as_it_is_installed() -> None:
    assert pyproject()["project"]["optional-dependencies"]["otel"] == group("otel")


def test_the_lock_files_agree_with_each_other() -> None:
    everything = locked("requirements-dev.lock")

    for lock in LOCKS:
        assert locked(lock).items() <= everything.items(), f"{lock} and requirements-dev.lock differ: run `make lock`"


@pytest.mark.parametrize("lock", [*LOCKS, FUZZ_LOCK])
def test_a_lock_file_names_no_host(lock: str) -> None:
    assert not re.search(r"://|--(extra-)?index|--find-links|--trusted-host", read(lock))


@pytest.mark.parametrize("lock", [*LOCKS, FUZZ_LOCK])
def test_everything_locked_has_hashes(lock: str) -> None:
    entries = re.split(r"^(?=\w)", read(lock), flags=re.MULTILINE)[1:]

    assert entries
    assert not [entry.split()[0] for entry in entries if "--hash=sha256:" not in entry]


def test_the_changelog_knows_the_version() -> None:
    version = pyproject()["project"]["version"]
    changelog = read("CHANGELOG.md")
    unreleased = changelog.partition("## [Unreleased]")[2].partition("\n## [")[0]

    assert f"\n## [{version}]" in changelog or version in unreleased, f"CHANGELOG.md says nothing of {version}"


def test_the_image_runs_as_somebody_who_is_not_root() -> None:
    users = [rest for word, rest in instructions(-1) if word == "USER"]

    assert users
    assert re.fullmatch(r"[1-9]\d*(:[1-9]\d*)?", users[-1]), "name the user by number, so that an orchestrator can tell"


def test_the_last_stage_of_the_image_installs_nothing() -> None:
    commands = [rest for word, rest in instructions(-1) if word == "RUN"]

    assert not [command for command in commands if re.search(r"\b(apt-get|apt|pip|make|gcc)\b", command)]


def test_no_image_is_made_without_what_is_compiled() -> None:
    [command] = [rest for word, rest in instructions() if word == "RUN" and "pip wheel" in rest]

    for needed in ("CAN_UNFILTER", "CAN_READ_PLANES"):
        assert re.search(rf'&& /opt/media-proxy/bin/python -I -c "[^"]*{needed} or sys\.exit\(', command)


def test_the_image_starts_the_proxy_without_a_shell_and_watches_it() -> None:
    last = dict(instructions(-1))

    assert json.loads(last["ENTRYPOINT"]) + json.loads(last["CMD"]) == ["media-proxy", "serve"]
    assert last["EXPOSE"] == "8080"
    assert last["STOPSIGNAL"] == "SIGTERM"
    assert "/-/health/live" in last["HEALTHCHECK"]


def test_the_health_check_of_the_image_is_python_that_compiles() -> None:
    command = dict(instructions(-1))["HEALTHCHECK"].partition(" CMD ")[2]

    program, *_, code = json.loads(command)

    assert program == "python"
    compile(code, "HEALTHCHECK", "exec")


def test_the_image_tells_the_version_of_the_project() -> None:
    assert ("ARG", f"VERSION={pyproject()['project']['version']}") in instructions(-1)


def test_the_builder_is_sent_exactly_what_the_image_copies() -> None:
    copied = {
        source
        for word, rest in instructions()
        if word == "COPY" and not rest.startswith("--from")
        for source in rest.split()[:-1]
    }
    sent = {line.removeprefix("!") for line in read(".dockerignore").splitlines() if line.startswith("!")}

    assert copied == sent
    assert not [name for name in sorted(copied) if not (ROOT / name).exists()]


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_module_is_of_a_readable_size(path: Path) -> None:
    lines = len(path.read_text(encoding="utf-8").splitlines())

    assert lines <= MOST_LINES, f"{path.relative_to(ROOT)} has {lines} lines: two subjects may hide in it"


def test_every_module_says_what_it_is() -> None:
    silent = [
        str(path.relative_to(ROOT))
        for path in MODULES
        if path.name != "__init__.py" and not ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    ]

    assert not silent, "no docstring at the top of " + ", ".join(silent)
