"""`media-proxy sign URL`: the URL with the signature of its endpoint's key."""

import argparse
import re
import time

from proxy.commands.arguments import utf8
from proxy.commands.terminal import DONE, Command, Commands, add_command, print_json, print_line
from proxy.errors import ProxyError, SettingsError

LIFETIME = re.compile(r"([1-9]\d{0,8})([smhd])")
SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
URL = "https://img.example.com/tr:w-300/media-files/1/2/a/b/12ab_mug.jpg"
SIGN = Command(
    "sign",
    "sign a URL with the key of the settings",
    (((URL, "--expires", "1h"), "good for an hour"), ((URL, "--strong"), "for ever, with a stronger signature")),
    json=True,
)


def add_parser(commands: Commands) -> None:
    sign = add_command(commands, SIGN, run)
    sign.add_argument("url", type=utf8, metavar="URL", help="whole, as it will be requested")
    sign.add_argument("--expires", type=lifetime, metavar="TIME", help="90s, 15m, 1h or 7d; without it, never")
    sign.add_argument("--strong", action="store_true", help="HMAC-SHA256 (mp-s) instead of ImageKit's scheme (ik-s)")


def run(options: argparse.Namespace) -> int:
    """Raises SettingsError."""
    from proxy.configuration import read_without_akeneo  # noqa: PLC0415
    from proxy.imagekit.endpoints import in_order  # noqa: PLC0415
    from proxy.imagekit.signature import IMAGEKIT, STRONG  # noqa: PLC0415
    from proxy.imagekit.signing import sign_address  # noqa: PLC0415

    settings = read_without_akeneo(options.config)
    expires_at = None if options.expires is None else int(time.time()) + options.expires
    scheme = STRONG if options.strong else IMAGEKIT
    try:
        url = sign_address(in_order(settings.all_endpoints), options.url, expires_at, scheme)
    except ProxyError as error:
        raise SettingsError(error.message) from None
    if options.json:
        print_json({"url": url, "expires": expires_at})
    else:
        print_line(url)
    return DONE


def lifetime(text: str) -> int:
    """Seconds of `90s`, `15m`, `1h`, `7d`."""
    from proxy.imagekit.signing import LONGEST_SECONDS  # noqa: PLC0415

    match = LIFETIME.fullmatch(text)
    if match is None:
        raise argparse.ArgumentTypeError(f"{text!r}: expected a number with s, m, h or d, such as 1h")
    seconds = int(match[1]) * SECONDS[match[2]]
    if seconds > LONGEST_SECONDS:
        raise argparse.ArgumentTypeError(f"{text!r}: expected at most 100 years; without --expires it is for ever")
    return seconds
