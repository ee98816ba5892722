"""The YAML file of a sync: read once, `${NAME}` filled in from the environment, everything wrong in it named."""

import difflib
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError
from pydantic_core import ErrorDetails

from proxy.errors import SettingsError
from proxy.sync.settings.names import names_of
from proxy.sync.settings.settings import SyncConfiguration

CONFIG = "MEDIA_PROXY_SYNC__CONFIG"
VARIABLE = re.compile(r"\$\{([^}]*)\}")
NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


class Loader(yaml.SafeLoader):
    """A key that is there twice would be lost without a word."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen = set()
        for key, _ in node.value:
            if key.value in seen:
                raise yaml.constructor.ConstructorError(None, None, f"{key.value!r} is there twice", key.start_mark)
            seen.add(key.value)
        return super().construct_mapping(node, deep)


def read_sync_settings(path: Path | None, environment: Mapping[str, str]) -> SyncConfiguration:
    """Raises SettingsError, which names what is wrong and repeats no value."""
    if path is None:
        raise SettingsError(f"{CONFIG}: expected the path of the YAML file with the settings of the sync")
    document = filled(read_yaml(path), environment)
    if not isinstance(document, dict):
        raise SettingsError(f"{path}: expected a mapping with akeneo, state, and cloudinary or bynder")
    try:
        return SyncConfiguration.model_validate(document)
    except ValidationError as error:
        raise SettingsError("; ".join(f"{path}: {explained(problem)}" for problem in error.errors())) from None


def read_yaml(path: Path) -> Any:
    try:
        return yaml.load(path.read_text(encoding="utf-8"), Loader)  # noqa: S506 - a SafeLoader
    except OSError as error:
        raise SettingsError(f"{CONFIG}: expected a readable file, {path}: {error.strerror}") from None
    except yaml.MarkedYAMLError as error:  # its text would repeat the line, and maybe a secret
        mark = error.problem_mark
        place = f" at line {mark.line + 1}" if mark else ""
        said = error.problem if error.problem and "twice" in error.problem else ""
        raise SettingsError(f"{path}: expected YAML{place} {said}".rstrip()) from None
    except (yaml.YAMLError, ValueError, RecursionError):
        raise SettingsError(f"{path}: expected YAML in UTF-8") from None


def filled(value: Any, environment: Mapping[str, str], where: str = "") -> Any:
    """After the file was read, so that no character of a secret means anything in it."""
    if isinstance(value, dict):
        return {key: filled(inner, environment, f"{where}.{key}".lstrip(".")) for key, inner in value.items()}
    if isinstance(value, list):
        return [filled(inner, environment, f"{where}.{number}") for number, inner in enumerate(value)]
    if not isinstance(value, str):
        return value

    def variable(found: re.Match[str]) -> str:
        name = found[1]
        if not NAME.fullmatch(name):
            raise SettingsError(f"{where}: expected ${{NAME}}, the name of an environment variable")
        if name not in environment:
            raise SettingsError(f"{where}: expected the environment variable {name} to be set")
        return environment[name]

    return VARIABLE.sub(variable, value)


def explained(problem: ErrorDetails) -> str:
    """One line that names the setting and what was expected, and never repeats a value: it may be a secret."""
    loc = problem["loc"] or (problem.get("ctx", {}).get("name", "the file"),)
    message = problem["msg"].removeprefix("Value error, ")
    if problem["type"] == "extra_forbidden":
        near = difflib.get_close_matches(str(loc[-1]), [name.rpartition(".")[2] for name in setting_names()], n=1)
        message = "no such setting" + (f"; did you mean {near[0]}?" if near else "")
    return f"{'.'.join(str(part) for part in loc)}: {message[:1].lower()}{message[1:]}"


def setting_names() -> list[str]:
    """All of them as `cloudinary.retry.schedule`; the table in docs/sync.md is compared with it."""
    return names_of(SyncConfiguration)
