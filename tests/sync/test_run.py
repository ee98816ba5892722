"""`media-proxy sync run` as a process: it starts, and ends when it is told to."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from proxy import cli

STARTED = "jobs on schedule"


@contextmanager
def running(
    directory: Path, bynder_host: str, stop_seconds: float = 20, port: int | None = None
) -> Iterator["subprocess.Popen[str]"]:
    """Bynder's import every minute, at once at the start."""
    file = directory / "sync.yaml"
    file.write_text(
        f"akeneo: {{url: 'http://127.0.0.1:1', access_token: t}}\nstate: {directory}/state\n"
        f"schedule: {{stop_seconds: {stop_seconds}, port: {'null' if port is None else port}}}\nbynder:\n"
        f"  credentials: {{bynder: {{host: '{bynder_host}', permanent_token: t, plain_http: true}}}}\n"
        "  metaproperty_mappings: {sku: a, asset_type: b}\n"
        "  schedule: {update_properties_minutes: null, update_mapped_properties_minutes: null}\n"
    )
    command = [sys.executable, "-m", "proxy.cli", "sync", "run", "--config", str(file)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=dict(os.environ)) as process:
        try:
            yield process
        finally:
            process.kill()


def said_until(process: "subprocess.Popen[str]", words: str) -> str:
    assert process.stderr is not None
    said = ""
    for line in process.stderr:
        said += line
        if words in line:
            return said
    raise AssertionError(said)


def test_it_ends_when_it_is_told_to_and_at_once_when_it_is_told_twice(tmp_path: Path) -> None:
    with running(tmp_path, "127.0.0.1:1") as process:
        said_until(process, STARTED)
        process.send_signal(signal.SIGTERM)
        said_until(process, "letting running jobs finish")
        process.send_signal(signal.SIGTERM)  # nobody answers at that port: it is in the middle of its tries
        assert process.wait(30) == 0


def test_a_run_that_takes_too_long_is_cut_at_the_limit(tmp_path: Path) -> None:
    silent = socket.create_server(("127.0.0.1", 0))
    with silent, running(tmp_path, f"127.0.0.1:{silent.getsockname()[1]}", 0.05) as process:
        connection, _ = silent.accept()  # it has begun, and nobody answers
        with connection:
            process.send_signal(signal.SIGTERM)
            said_until(process, "cutting off a run")
            assert process.wait(30) == 0


def test_it_has_a_port_of_its_own_where_one_is_given(tmp_path: Path) -> None:
    with running(tmp_path, "127.0.0.1:1", port=0) as process:
        line = said_until(process, "status and metrics on").splitlines()[-1]
        base = "http://" + line.rpartition(" ")[2]
        assert "media_proxy_sync_runs_total" in httpx.get(f"{base}/-/metrics").text
        assert "bynder import-assets" in httpx.get(f"{base}/sync").text


def test_wrong_settings_are_told_in_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "sync.yaml").write_text("akeneo: {}\n")

    assert cli.main(["sync", "run", "--config", str(tmp_path / "sync.yaml")]) == 1
    assert len(capsys.readouterr().err.splitlines()) == 1
