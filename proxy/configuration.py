"""Where settings come from: the environment over a TOML file; wrong and unknown ones are named."""

import difflib
import os
import re
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import UnionType
from typing import Any, get_args, get_origin

from pydantic import ValidationError
from pydantic_core import ErrorDetails
from pydantic_settings import SettingsError as PydanticSettingsError

from proxy.errors import SettingsError
from proxy.settings import ENVIRONMENT, PREFIX, Settings
from proxy.slices import AkeneoSettings, Slice

CONFIG = PREFIX + "CONFIG"
CONNECTION = PREFIX + "AKENEO__"
FURTHER = PREFIX + "CONNECTIONS"
# Secrets of further connections, which the file describes, may come from the environment.
CONNECTIONS = re.compile(rf"{PREFIX}CONNECTIONS__\w+?__({'|'.join(AkeneoSettings.model_fields).upper()})")
PARSED = re.compile(r'field "(\w+)"')  # in the words of pydantic-settings
# What Kubernetes injects into every container beside a Service called `media-proxy`, or `media-proxy-redis`.
KUBERNETES = re.compile(r"MEDIA_PROXY_(\w+_)?(SERVICE_(HOST|PORT\w*)|PORT_\d+_(TCP|UDP|SCTP)\w*)")


def read_settings(config: Path | None = None, fixed: Mapping[str, str] | None = None) -> Settings:
    """Settings from the environment over the TOML file; raises SettingsError, which names what is wrong.

    `fixed` variables go over both; setting one of a connection lets every other connection go.
    """
    environment = relevant(os.environ, fixed or {})
    refuse_unknown(environment)
    path = config or (Path(environment[CONFIG]) if environment.get(CONFIG) else None)
    file = read_toml(path) if path else {}
    if fixes_connection(fixed or {}):
        file = with_one_connection(file)
    token = ENVIRONMENT.set(environment)
    try:
        return Settings(**file)
    except PydanticSettingsError as error:
        field = PARSED.search(str(error))
        name = PREFIX + field[1].upper() if field else "the environment"
        raise SettingsError(f"{name}: expected JSON, or better a table in the file") from None
    except ValidationError as error:
        raise SettingsError("; ".join(explain(problem) for problem in error.errors())) from None
    finally:
        ENVIRONMENT.reset(token)


def names_akeneo(config: Path | None = None) -> bool:
    """Whether any connection is spoken of, be it wrongly. Raises SettingsError."""
    path = config or (Path(os.environ[CONFIG]) if os.environ.get(CONFIG) else None)
    file = read_toml(path) if path else {}
    spoken = any(name.upper().startswith((CONNECTION, FURTHER)) and value for name, value in os.environ.items())
    return spoken or bool(file.keys() & {"akeneo", "connections"})


def read_without_akeneo(config: Path | None = None) -> Settings:
    """For who makes no call: no credentials are needed. Raises SettingsError."""
    elsewhere = {CONNECTION + "URL": "http://localhost", CONNECTION + "ACCESS_TOKEN": "unused"}
    return read_settings(config, elsewhere)


def environment() -> Mapping[str, str]:
    """For files that name variables of their own choice, `${NAME}`, to be filled in once."""
    return dict(os.environ)


def with_one_connection(file: dict[str, Any]) -> dict[str, Any]:
    """All endpoints lead to the one that is fixed."""
    kept = {name: value for name, value in file.items() if name not in {"akeneo", "connections"}}
    endpoints = kept.get("endpoints")
    if isinstance(endpoints, list):
        kept["endpoints"] = [
            {name: value for name, value in endpoint.items() if name != "connections"}
            if isinstance(endpoint, dict)
            else endpoint
            for endpoint in endpoints
        ]
    return kept


def relevant(environment: Mapping[str, str], fixed: Mapping[str, str]) -> dict[str, str]:
    """Without what Kubernetes injects, and without credentials that would mix with the `fixed` ones."""
    ours = {name: value for name, value in environment.items() if not is_from_kubernetes(name, value)}
    if fixes_connection(fixed):
        ours = {name: value for name, value in ours.items() if not name.upper().startswith((CONNECTION, FURTHER))}
    return ours | dict(fixed)


def fixes_connection(fixed: Mapping[str, str]) -> bool:
    return any(name.startswith(CONNECTION) for name in fixed)


def is_from_kubernetes(name: str, value: str) -> bool:
    """For a Service called `media-proxy`, or a neighbour's such as `media-proxy-redis`."""
    upper = name.upper()
    injected_port = upper.startswith(PREFIX) and upper.endswith("PORT") and "://" in value
    return injected_port or KUBERNETES.fullmatch(upper) is not None


def refuse_unknown(names: Iterable[str]) -> None:
    """pydantic-settings passes over top-level variables that it does not know: a typing error would go unseen."""
    known = setting_names()
    for name in sorted(names):
        if not name.upper().startswith(PREFIX) or name.upper() in known or CONNECTIONS.fullmatch(name.upper()):
            continue
        near = difflib.get_close_matches(name.upper(), known, n=1)
        hint = f"; did you mean {near[0]}?" if near else ""
        raise SettingsError(f"{name}: expected one of the settings in the README{hint}")


def slice_of(field: str) -> type[Slice] | None:
    annotation = Settings.model_fields[field].annotation
    kinds = (annotation, *get_args(annotation)) if get_origin(annotation) in {None, UnionType} else ()
    return next((kind for kind in kinds if isinstance(kind, type) and issubclass(kind, Slice)), None)


def setting_names() -> list[str]:
    """Every environment variable that exists, sorted; the README's table is compared with it."""
    names = [CONFIG]
    for field in Settings.model_fields:
        inner = slice_of(field)
        suffixes = [f"__{name}" for name in inner.model_fields] if inner else [""]
        names += [PREFIX + (field + suffix).upper() for suffix in suffixes]
    return sorted(names)


def read_toml(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text())
    except OSError as error:
        raise SettingsError(f"{CONFIG}: expected a readable file, {file}: {error.strerror}") from None
    except (ValueError, RecursionError) as error:
        raise SettingsError(f"{CONFIG}: expected TOML in {file}: {error}".replace("\n", " ")) from None


def explain(problem: ErrorDetails) -> str:
    """One line that names the variable and what was expected, and never repeats a value: it may be a secret."""
    loc = problem["loc"] or (problem["ctx"]["name"],)  # a rule that spans several
    name = PREFIX + "__".join(str(part) for part in loc).upper()
    message = problem["msg"].removeprefix("Value error, ")
    if problem["type"] == "extra_forbidden":
        message = "no such setting"
    return f"{name}: {message[:1].lower()}{message[1:]}"
