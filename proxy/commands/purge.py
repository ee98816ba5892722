"""`media-proxy purge`: what it takes, and what it prints. What calls the server is loaded when it runs."""

import argparse
import asyncio
import re
from typing import Any

from proxy.commands.arguments import utf8
from proxy.commands.terminal import DONE, FAILED, Command, Commands, add_command, print_error, print_json, print_line

URL = re.compile(r"https?://", re.IGNORECASE)
PURGE = Command(
    "purge",
    "have the running server forget pictures",
    (
        (("https://img.example.com/tr:w-300/media-files/1/2/a/b/12ab_mug.jpg",), "this URL, and the original"),
        (("https://img.example.com/media-files/1/2/*",), "all whose path begins so"),
        (("media-files/1/2/a/b/12ab_mug.jpg",), "everything made from this file"),
        (("--endpoint", "brand", "--wait"), "everything of this endpoint"),
    ),
    failed="refused, or no server answers",
    json=True,
)


def add_parser(commands: Commands) -> None:
    purge = add_command(commands, PURGE, run)
    what = purge.add_mutually_exclusive_group(required=True)
    what.add_argument("target", nargs="?", type=utf8, metavar="URL|PATH", help="an address, or the path of an original")
    what.add_argument("--endpoint", metavar="NAME", help="everything of the endpoint with this prefix or host")
    what.add_argument("--code", metavar="CODE", help="everything made from the file of this media code")
    purge.add_argument("--wait", action="store_true", help="until it is completed")
    purge.add_argument("--admin", metavar="URL", help="the admin port, http://host:port, if not that of the settings")


def run(options: argparse.Namespace) -> int:
    """Raises SettingsError."""
    from proxy.commands.asking import Refused, admin_url, purge  # noqa: PLC0415
    from proxy.configuration import read_without_akeneo  # noqa: PLC0415
    from proxy.setting_types import plain  # noqa: PLC0415

    settings = read_without_akeneo(options.config)
    base = admin_url(options.admin, settings)
    try:
        facts = asyncio.run(purge(base, plain(settings.admin_token), body_of(options), options.wait))
    except Refused as error:
        print_error(error)
        return FAILED
    if options.json:
        print_json(facts)
    else:
        print_line(*told(facts))
    return DONE


def told(facts: dict[str, Any]) -> tuple[str, str]:
    counts = ", ".join(f"{tier} {count}" for tier, count in facts["purged"].items() if count)
    return f"{facts['status']}: {counts or 'nothing was there'}", f"request {facts['requestId']}"


def body_of(options: argparse.Namespace) -> dict[str, str]:
    if options.endpoint is not None:
        return {"endpoint": options.endpoint}
    if options.code is not None:
        return {"code": options.code}
    return {"url" if URL.match(options.target) else "path": options.target}
