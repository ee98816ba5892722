"""`media-proxy block` and `unblock`: what they take, and what they print. What calls the server is loaded later."""

import argparse
import asyncio
import sys
from pathlib import Path

REFUSED = 1  # exit status, also where nobody answers


def add_parsers(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    add_parser(commands, "block", "POST", "have all replicas answer 410 for a file, and forget it")
    add_parser(commands, "unblock", "DELETE", "let a blocked file be seen again")


def add_parser(
    commands: "argparse._SubParsersAction[argparse.ArgumentParser]", name: str, method: str, help: str
) -> None:
    parser = commands.add_parser(name, help=help)
    parser.add_argument("path", metavar="PATH", help="of the original, such as media-files/1/2/a/b/12ab_mug.jpg")
    parser.add_argument("--admin", metavar="URL", help="the admin port, http://host:port, if not that of the settings")
    parser.add_argument("--config", type=Path, metavar="FILE", help="settings in TOML; the environment goes over them")
    parser.set_defaults(run=run, method=method)


def run(options: argparse.Namespace) -> int:
    """Raises SettingsError."""
    from proxy.commands.asking import Refused, admin_url, change_blocklist  # noqa: PLC0415
    from proxy.configuration import read_without_akeneo  # noqa: PLC0415
    from proxy.setting_types import plain  # noqa: PLC0415

    settings = read_without_akeneo(options.config)
    base = admin_url(options.admin, settings)
    asking = change_blocklist(base, plain(settings.admin_token), options.method, {"path": options.path})
    try:
        print(asyncio.run(asking))  # noqa: T201
    except Refused as error:
        print(f"media-proxy: {error}", file=sys.stderr)  # noqa: T201
        return REFUSED
    return 0
