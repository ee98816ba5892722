"""`media-proxy block` and `unblock`: what they take, and what they print. What calls the server is loaded later."""

import argparse
import asyncio

from proxy.commands.terminal import DONE, FAILED, Command, Commands, add_command, print_error, print_json, print_line

PATH = "media-files/1/2/a/b/12ab_mug.jpg"
REFUSED = "refused, or no server answers"
BLOCK = Command(
    "block",
    "have all replicas answer 410 for a file, and forget it",
    (((PATH,), "from now on"), ((PATH, "--admin", "http://10.0.0.7:8081"), "of the server there")),
    failed=REFUSED,
    json=True,
)
UNBLOCK = Command("unblock", "let a blocked file be seen again", (((PATH,), "from now on"),), failed=REFUSED, json=True)


def add_parsers(commands: Commands) -> None:
    add_parser(commands, BLOCK, "POST")
    add_parser(commands, UNBLOCK, "DELETE")


def add_parser(commands: Commands, command: Command, method: str) -> None:
    parser = add_command(commands, command, run)
    parser.add_argument("path", metavar="PATH", help=f"of the original, such as {PATH}")
    parser.add_argument("--admin", metavar="URL", help="the admin port, http://host:port, if not that of the settings")
    parser.set_defaults(method=method)


def run(options: argparse.Namespace) -> int:
    """Raises SettingsError."""
    from proxy.commands.asking import Refused, admin_url, change_blocklist  # noqa: PLC0415
    from proxy.configuration import read_without_akeneo  # noqa: PLC0415
    from proxy.setting_types import plain  # noqa: PLC0415

    settings = read_without_akeneo(options.config)
    base = admin_url(options.admin, settings)
    try:
        facts = asyncio.run(change_blocklist(base, plain(settings.admin_token), options.method, {"path": options.path}))
    except Refused as error:
        print_error(error)
        return FAILED
    if options.json:
        print_json(facts)
    else:
        [(word, paths)] = facts.items()
        print_line(f"{word}: {' '.join(paths)}")
    return DONE
