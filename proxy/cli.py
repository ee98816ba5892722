"""The `media-proxy` command. What a subcommand needs is loaded when it runs: the rest starts faster without it."""

import argparse
import asyncio
import gc
import logging
import os
import signal
import sys
import tempfile
from typing import TYPE_CHECKING

from proxy.commands import audit, block, check, explain, purge, sign, sync, warm
from proxy.commands.hosts import base_url
from proxy.commands.terminal import (
    CUT_OFF,
    FAILED,
    INTERRUPTED,
    NAME,
    WRONG,
    Command,
    ShowVersion,
    add_command,
    print_error,
)
from proxy.errors import SettingsError

if TYPE_CHECKING:
    from proxy.metrics import Metrics
    from proxy.pixels.pool import Renderers
    from proxy.settings import Settings
    from proxy.web.dam import Dam

log = logging.getLogger("proxy")

OVERVIEW = """\
try it without an Akeneo:
  media-proxy demo

run it:
  media-proxy serve --config media-proxy.toml

media-proxy COMMAND --help tells of one command, with examples.
"""
SERVE = Command(
    "serve",
    "run the server",
    (
        ((), "settings from the environment"),
        (("--config", "media-proxy.toml"), "from a file, and the environment over it"),
    ),
    failed="cannot start, as where a port is taken",
    statuses={0: "ended in order, by SIGTERM or Ctrl-C", INTERRUPTED: "ended by Ctrl-C before it had started"},
)
DEMO = Command(
    "demo",
    "run it against a built-in pretend Akeneo with sample pictures",
    (((), "prints a URL a line, to click"),),
    failed=SERVE.failed,
    statuses=SERVE.statuses,
    config="settings in TOML for everything but Akeneo",
)


def main(arguments: list[str] | None = None) -> int:
    try:
        try:
            return status_of(arguments)
        finally:
            sys.stdout.flush()
    except BrokenPipeError:  # who reads has enough, as `head` has
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # for what is flushed at the end
        return CUT_OFF


def status_of(arguments: list[str] | None) -> int:
    top = parser()
    options = top.parse_args(arguments)
    if options.run is None:
        top.print_help(sys.stderr)
        return WRONG
    try:
        status: int = options.run(options)
    except SettingsError as error:
        print_error(error)
        return WRONG
    except KeyboardInterrupt:
        return INTERRUPTED
    finally:
        gc.enable()
    return status


def parser() -> argparse.ArgumentParser:
    top = argparse.ArgumentParser(
        prog=NAME,
        description="Image origin for shops whose pictures live in Akeneo PIM.",
        epilog=OVERVIEW,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    top.add_argument("--version", action=ShowVersion, nargs=0, help="print the version and exit")
    top.set_defaults(run=None)
    commands = top.add_subparsers(title="commands", metavar="COMMAND")
    add_command(commands, SERVE, run_serve)
    demo = add_command(commands, DEMO, run_demo)
    demo.add_argument("--sync", action="store_true", help="with a pretend Cloudinary and Bynder, kept in step")
    sign.add_parser(commands)
    explain.add_parser(commands)
    purge.add_parser(commands)
    block.add_parsers(commands)
    check.add_parser(commands)
    warm.add_parser(commands)
    audit.add_parser(commands)
    sync.add_parser(commands)
    return top


def run_serve(options: argparse.Namespace) -> int:
    gc.disable()  # of what is loaded, nothing is garbage; `run_server` switches it on
    from proxy.configuration import read_settings  # noqa: PLC0415

    return serve(read_settings(options.config), urls=False)


def run_demo(options: argparse.Namespace) -> int:
    """The pretend Akeneo in a process of its own, and a cache that goes with the demo."""
    from proxy.configuration import read_settings  # noqa: PLC0415
    from proxy.demo.launch import pim_process  # noqa: PLC0415

    if options.sync:
        return run_demo_with_sync(options)
    with pim_process() as connection, tempfile.TemporaryDirectory(prefix="media-proxy-demo-") as directory:
        environment = connection | {"MEDIA_PROXY_CACHE__DIRECTORY": directory, "MEDIA_PROXY_SIGNING__REQUIRED": "false"}
        return serve(read_settings(options.config, environment), urls=True)


def run_demo_with_sync(options: argparse.Namespace) -> int:
    """Stand-ins, their page and the schedule in a process of their own; they need to know where we shall be."""
    from proxy.commands.demo_sync import stage_process  # noqa: PLC0415
    from proxy.configuration import read_settings, read_without_akeneo  # noqa: PLC0415

    proxy_url = f"http://127.0.0.1:{read_without_akeneo(options.config).port}"
    with (
        tempfile.TemporaryDirectory(prefix="media-proxy-demo-") as directory,
        stage_process(directory, proxy_url) as (connection, page),
    ):
        fixed = {"MEDIA_PROXY_CACHE__DIRECTORY": f"{directory}/cache", "MEDIA_PROXY_SIGNING__REQUIRED": "false"}
        settings = read_settings(options.config, connection | fixed)
        print(f"{page}  change a status, and watch Akeneo and the proxy", flush=True)  # noqa: T201
        print(f"http://127.0.0.1:{settings.admin_port}/sync  how the sync stands", flush=True)  # noqa: T201
        return serve(settings, urls=True)


def serve(settings: "Settings", urls: bool) -> int:
    from proxy.metrics import Metrics  # noqa: PLC0415
    from proxy.pixels.pool import Renderers  # noqa: PLC0415
    from proxy.pixels.processes import Processes  # noqa: PLC0415
    from proxy.pixels.readable import directories_of  # noqa: PLC0415
    from proxy.web.log_lines import set_up  # noqa: PLC0415

    metrics = Metrics()
    set_up(settings.log.level, settings.log.format, sys.stderr, metrics.log_lines_lost)
    rendering = settings.rendering
    processes = Processes(rendering.most_worker_bytes, directories_of(settings), rendering.kept_bytes)
    renderers = Renderers(settings.rendering, metrics, processes)
    renderers.prepare()  # first of all: it loads Pillow while we load ourselves

    import uvloop  # noqa: PLC0415

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(run_server(settings, metrics, renderers, urls))


async def run_server(settings: "Settings", metrics: "Metrics", renderers: "Renderers", urls: bool) -> int:
    """Until SIGTERM or Ctrl-C, then until the running requests are answered; or until the second of them."""
    from proxy.web.app import Server  # noqa: PLC0415

    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, end_soon_or_now, stop)
    server = Server(settings, metrics, renderers, dam=dam_of(settings, metrics))
    try:
        await server.start()
        settle_memory()
        log.info(
            "pictures on %s:%d, metrics on %s:%d", settings.host, server.port, settings.admin_host, server.admin_port
        )
        if urls:
            log.info("playground at http://%s:%d/", settings.admin_host, server.admin_port)
            print_urls(settings.host, server.port)
        await stop.wait()
        log.info("stopping: letting running requests finish")
    except OSError as error:
        log.error("cannot start: %s", error)
        return FAILED
    finally:
        await server.close()
    return 0


def dam_of(settings: "Settings", metrics: "Metrics") -> "Dam | None":
    """Raises SettingsError. Without a sync nothing of it is loaded."""
    if settings.sync.config is None:
        return None
    from proxy.configuration import environment  # noqa: PLC0415
    from proxy.sync.serving import read_serving  # noqa: PLC0415

    return read_serving(settings.sync.config, environment(), metrics)


def settle_memory() -> None:
    """What is there now stays, so that no viewer waits while it is looked through: forty milliseconds each time."""
    gc.freeze()
    gc.enable()


def end_soon_or_now(stop: asyncio.Event) -> None:
    """The first signal asks to end in order. After a second one nobody waits for anything: the cache bears a kill, and
    the workers end with us.
    """
    if stop.is_set():
        from proxy.web.log_lines import flush  # noqa: PLC0415

        log.warning("ending at once")
        flush()
        os._exit(0)
    stop.set()


def print_urls(host: str, port: int) -> None:
    from proxy.demo.launch import demo_urls  # noqa: PLC0415

    for url, shows in demo_urls(base_url(host, port)):
        print(f"{url}  {shows}", flush=True)  # noqa: T201


if __name__ == "__main__":
    sys.exit(main())
