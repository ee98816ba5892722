"""`media-proxy purge`: what it takes, and what it prints. What calls the server is loaded when it runs."""

import argparse
import asyncio
import re
import sys
from pathlib import Path

from proxy.commands.arguments import utf8

REFUSED = 1  # exit status, also where nobody answers
URL = re.compile(r"https?://", re.IGNORECASE)
EXAMPLES = """\
media-proxy purge 'https://img.example.com/tr:w-300/media-files/1/2/a/b/12ab_mug.jpg'   this URL, and the original
media-proxy purge 'https://img.example.com/media-files/1/2/*'                           all whose path begins so
media-proxy purge media-files/1/2/a/b/12ab_mug.jpg                                      everything made from this file
media-proxy purge --endpoint brand                                                      everything of this endpoint
"""


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    purge = commands.add_parser(
        "purge",
        help="have the running server forget pictures",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    what = purge.add_mutually_exclusive_group(required=True)
    what.add_argument("target", nargs="?", type=utf8, metavar="URL|PATH", help="an address, or the path of an original")
    what.add_argument("--endpoint", metavar="NAME", help="everything of the endpoint with this prefix or host")
    what.add_argument("--code", metavar="CODE", help="everything made from the file of this media code")
    purge.add_argument("--wait", action="store_true", help="until it is completed")
    purge.add_argument("--admin", metavar="URL", help="the admin port, http://host:port, if not that of the settings")
    purge.add_argument("--config", type=Path, metavar="FILE", help="settings in TOML; the environment goes over them")
    purge.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Raises SettingsError."""
    from proxy.commands.asking import Refused, admin_url, purge  # noqa: PLC0415
    from proxy.configuration import read_without_akeneo  # noqa: PLC0415
    from proxy.setting_types import plain  # noqa: PLC0415

    settings = read_without_akeneo(options.config)
    base = admin_url(options.admin, settings)
    try:
        print(asyncio.run(purge(base, plain(settings.admin_token), body_of(options), options.wait)))  # noqa: T201
    except Refused as error:
        print(f"media-proxy: {error}", file=sys.stderr)  # noqa: T201
        return REFUSED
    return 0


def body_of(options: argparse.Namespace) -> dict[str, str]:
    if options.endpoint is not None:
        return {"endpoint": options.endpoint}
    if options.code is not None:
        return {"code": options.code}
    return {"url" if URL.match(options.target) else "path": options.target}
