"""Every command at a terminal and in a script: its help, its examples, its exit statuses, colours and JSON."""

import json
import os
import re
import shlex
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path
from typing import Any, TextIO

import pytest

from proxy.cli import main, parser
from proxy.commands.terminal import GREEN, paint, print_error, print_line
from tests.documentation import commands_there

URL = "https://img.example.com/tr:w-300/media-files/1/2/a/b/12ab_mug.jpg"
NOBODY = "http://127.0.0.1:1"  # no server has this port


COMMANDS = {command.name: command for command in commands_there()}


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Iterator[TextIO]:
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    ours, theirs = os.openpty()
    with open(theirs, "w", encoding="utf-8") as stream:
        yield stream
    os.close(ours)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_explains_itself(capsys: pytest.CaptureFixture[str], name: str) -> None:
    with pytest.raises(SystemExit) as ended:
        main([*name.split(), "--help"])

    told = capsys.readouterr().out
    assert ended.value.code == 0
    assert f"\nexamples:\n  media-proxy {name}" in told
    assert all(f"  {status}" in told and meaning in told for status, meaning in COMMANDS[name].endings.items())


@pytest.mark.parametrize("name", COMMANDS)
def test_every_example_is_one(name: str) -> None:
    lines = COMMANDS[name].lines

    assert lines
    for line, _ in lines:
        assert parser().parse_args(shlex.split(line)[1:]).command == COMMANDS[name]


@pytest.mark.parametrize("name", COMMANDS)
def test_who_declares_json_takes_it(capsys: pytest.CaptureFixture[str], name: str) -> None:
    with pytest.raises(SystemExit):
        main([*name.split(), "--help"])

    assert ("--json" in capsys.readouterr().out) == COMMANDS[name].json


@pytest.mark.parametrize("name", COMMANDS)
def test_wrong_arguments_end_with_2(capsys: pytest.CaptureFixture[str], name: str) -> None:
    with pytest.raises(SystemExit) as ended:
        main([*name.split(), "--no-such-option"])

    assert ended.value.code == 2
    assert "usage: media-proxy" in capsys.readouterr().err


@pytest.mark.parametrize(
    "arguments",
    [["serve"], ["demo"], ["sign", URL], ["explain", URL], ["purge", "a"], ["block", "a"], ["unblock", "a"]],
)
def test_wrong_settings_end_with_2(capsys: pytest.CaptureFixture[str], tmp_path: Path, arguments: list[str]) -> None:
    assert main([*arguments, "--config", str(tmp_path / "none.toml")]) == 2

    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    assert err.startswith("media-proxy: MEDIA_PROXY_CONFIG: expected a readable file")


@pytest.mark.parametrize("name", [name for name, command in COMMANDS.items() if command.json and "sync" not in name])
def test_of_wrong_settings_only_those_tell_in_json_that_the_page_names(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, name: str
) -> None:
    arguments = [URL] if name in {"sign", "explain", "purge", "block", "unblock"} else []
    page = Path("docs/commands.md").read_text(encoding="utf-8")

    assert main([name, *arguments, "--json", "--config", str(tmp_path / "none.toml")]) == 2

    out, err = capsys.readouterr()
    named = re.search(rf"`{name} --json`[^:,]*\(of settings that are wrong it tells in both places\)", page)
    assert bool(out) == bool(named)
    assert err.count("\n") == 1


@pytest.mark.parametrize("arguments", [["purge", "media-files/a.jpg"], ["block", "media-files/a.jpg"]])
def test_a_failure_leaves_nothing_for_a_script_to_misread(
    capsys: pytest.CaptureFixture[str], arguments: list[str]
) -> None:
    assert main([*arguments, "--json", "--admin", NOBODY]) == 1

    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("media-proxy: no admin port of a media-proxy answers")


@pytest.mark.parametrize("option", ["--csv", "--html"])
def test_an_audit_looks_at_nothing_that_it_could_not_tell(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, option: str
) -> None:
    old, new = tmp_path / "old", tmp_path / "new"
    old.write_text("the report of yesterday")
    common = ["audit", "--admin", NOBODY, "--state", str(tmp_path / "state")]

    assert main([*common, option, str(tmp_path / "no such directory" / "file")]) == 2
    assert "no such directory/file: expected to be writable" in capsys.readouterr().err
    assert [main([*common, option, str(file)]) for file in (old, new)] == [1, 1]  # nobody is there to be asked
    assert old.read_text() == "the report of yesterday"
    assert not new.exists()


def test_without_a_command_one_gets_an_overview(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 2

    out, err = capsys.readouterr()
    assert out == ""
    assert all(re.search(rf"^ +{name.split()[0]} +\w", err, re.MULTILINE) for name in COMMANDS)
    assert "media-proxy COMMAND --help" in err


def test_the_version_is_that_of_the_distribution(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--version"])

    assert ended.value.code == 0
    assert capsys.readouterr().out == f"media-proxy {metadata.version('akeneo-media-proxy')}\n"


def test_a_signed_url_is_there_as_json(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MEDIA_PROXY_SIGNING__PRIVATE_KEY", "private_example_key")

    assert main(["sign", URL]) == 0
    plain = capsys.readouterr().out.strip()
    assert main(["sign", URL, "--json"]) == 0

    assert json.loads(capsys.readouterr().out) == {"url": plain, "expires": None}


def test_ctrl_c_ends_without_a_word() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        admin = f"http://127.0.0.1:{server.getsockname()[1]}"
        command = [sys.executable, "-m", "proxy.cli", "purge", "media-files/a.jpg", "--admin", admin]
        # Whoever runs the tests behind a shell's back has Ctrl-C ignored, and with it whatever is started.
        heeding: Any = {"preexec_fn": lambda: signal.signal(signal.SIGINT, signal.SIG_DFL)}
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **heeding) as purge:
            asked, _ = server.accept()
            with asked:
                asked.recv(1)  # it waits for an answer now
                purge.send_signal(signal.SIGINT)
                told = purge.communicate()

    assert (purge.returncode, told) == (130, (b"", b""))


def test_a_terminal_shows_colors(terminal: TextIO) -> None:
    assert paint("good", GREEN, terminal) == "\x1b[32mgood\x1b[0m"


@pytest.mark.parametrize(("name", "value"), [("NO_COLOR", "1"), ("TERM", "dumb")])
def test_who_wants_no_colors_gets_none(
    terminal: TextIO, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)

    assert paint("good", GREEN, terminal) == "good"


def test_a_file_gets_no_colors(tmp_path: Path) -> None:
    with (tmp_path / "log").open("w") as stream:
        assert paint("good", GREEN, stream) == "good"


def test_a_reader_who_has_enough_ends_it_without_a_traceback() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    command = [sys.executable, "-m", "proxy.cli", "--version"]
    with os.fdopen(writing, "wb") as pipe:
        shown = subprocess.run(command, stdout=pipe, stderr=subprocess.PIPE, check=False)

    assert (shown.returncode, shown.stderr) == (141, b"")


def test_no_name_of_a_product_is_obeyed_by_a_terminal(terminal: TextIO, capsys: pytest.CaptureFixture[str]) -> None:
    evil = "cup\x1b]0;title\x07\x1b[2J\u202e\nforged \x9b1A\ud800"

    print_line(f"{paint('well', GREEN, terminal)}: {evil}", "Größe\tÅ 1")
    print_error(evil)

    out, err = capsys.readouterr()
    assert out == "\x1b[32mwell\x1b[0m: cup?]0;title??[2J??forged ?1A?\nGröße\tÅ 1\n"
    assert err == "media-proxy: cup?]0;title??[2J??forged ?1A?\n"
