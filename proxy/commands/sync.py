"""`media-proxy sync ...`: the tree of its commands. What they do is loaded when they run."""

import argparse

from proxy.commands.terminal import FAILED, Command, Commands, add_command, print_error
from proxy.errors import SettingsError
from proxy.sync.command import FLOWS
from proxy.sync.flow import Flow

CONFIG_HELP = "the YAML file with the settings of the sync"
SHOWS_JSON = {"status"}
STATUSES = {
    0: "all assets are dealt with, errors of single ones included",
    FAILED: "an operator has to act: settings, rights, a server that cannot start",
    2: "wrong arguments, or passing faults have left work for the next run",
    3: "another run of it is at work",
}


def add_parser(commands: Commands, flows: tuple[Flow, ...] = FLOWS) -> None:
    top = commands.add_parser("sync", help="keep the pictures of a DAM and Akeneo in step")
    below = top.add_subparsers(required=True, metavar="COMMAND")
    groups = {"": below}
    for flow in flows:
        if flow.system not in groups:
            group = below.add_parser(flow.system, help=f"commands of {flow.system.capitalize()}")
            groups[flow.system] = group.add_subparsers(required=True, metavar="COMMAND")
        parser = add_command(groups[flow.system], command_of(flow), run)
        flow.arguments(parser)
        parser.set_defaults(flow=flow)


def command_of(flow: Flow) -> Command:
    shows_json = not flow.whole or flow.name in SHOWS_JSON
    examples = ((flow.example, flow.help),)
    return Command(f"sync {flow.command}", flow.help, examples, statuses=STATUSES, json=shows_json, config=CONFIG_HELP)


def run(options: argparse.Namespace) -> int:
    """The exit status; wrong settings are a configuration error, as everything that an operator has to put right."""
    from proxy.sync.shell import run_flow  # noqa: PLC0415

    try:
        return run_flow(options.flow, options)
    except SettingsError as error:
        print_error(error)
        return FAILED
