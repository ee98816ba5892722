"""`media-proxy check`: what it takes. What checks is loaded when it runs."""

import argparse
from pathlib import Path

EXAMPLES = """\
examples:
  media-proxy check                              with the settings of the environment
  media-proxy check --config media-proxy.toml    with those of a file, all its connections and endpoints
  media-proxy check --json | jq .failed          for a script

exit status: 0 all is well, or there are warnings only; 1 something has to be repaired; 2 a setting is wrong
"""


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    check = commands.add_parser(
        "check",
        help="try Akeneo, caches and this machine step by step, and tell what to repair",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    check.add_argument("--json", action="store_true", help="as a JSON object")
    check.add_argument("--config", type=Path, metavar="FILE", help="settings in TOML; the environment goes over them")
    check.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Raises SettingsError."""
    from proxy.commands.checking.run import checked  # noqa: PLC0415

    return checked(options)
