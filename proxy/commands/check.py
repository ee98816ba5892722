"""`media-proxy check`: what it takes. What checks is loaded when it runs."""

import argparse

from proxy.commands.terminal import Command, Commands, add_command

CHECK = Command(
    "check",
    "try Akeneo, caches and this machine step by step, and tell what to repair",
    (
        ((), "with the settings of the environment"),
        (("--config", "media-proxy.toml"), "with those of a file, all its connections and endpoints"),
        (("--json",), "for a script"),
    ),
    failed="something has to be repaired",
    json=True,
)


def add_parser(commands: Commands) -> None:
    add_command(commands, CHECK, run)


def run(options: argparse.Namespace) -> int:
    """Raises SettingsError."""
    from proxy.commands.checking.run import checked  # noqa: PLC0415

    return checked(options)
