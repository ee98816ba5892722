"""How far a walk is: a bar on a terminal, a line now and then elsewhere."""

import contextlib
import os
import sys

import pytest

from proxy.commands.catalogue.progress import LINE_SECONDS, Shown


class Time:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_log_gets_a_line_now_and_then(capsys: pytest.CaptureFixture[str]) -> None:
    time = Time()
    with Shown("warm", time) as shown:
        shown(10, 0, 50, True)  # by an earlier run
        time.now = LINE_SECONDS
        shown(70, 0, 90, True)
        shown(71, 1, 90, True)
        time.now = 2 * LINE_SECONDS
        shown(130, 1, 190, False)

    first, second = capsys.readouterr().err.splitlines()
    assert first == "warm: 70 of 90, 0 failed, 2.0/s, still reading the catalogue"
    assert second.startswith("warm: 130 of 190, 1 failed, 2.0/s, ends ")


def shown_by(terminal: int) -> str:
    """All of it: a terminal hands over what it has at the moment, which may be a part."""
    pieces = []
    with contextlib.suppress(OSError):  # Linux' way to say that nobody writes any more
        while piece := os.read(terminal, 65_536):
            pieces.append(piece)
    return b"".join(pieces).decode()


def test_a_terminal_gets_a_bar(monkeypatch: pytest.MonkeyPatch) -> None:
    ours, theirs = os.openpty()
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("NO_COLOR", raising=False)
    with open(theirs, "w", encoding="utf-8") as terminal:
        monkeypatch.setattr(sys, "stderr", terminal)
        with Shown("warm") as shown:
            shown(1500, 0, 2000, False)
            shown(1510, 2, 2000, False)
    seen = shown_by(ours)
    os.close(ours)

    assert "1510/2000" in seen
    assert "2 failed" in seen
    assert "\x1b[" in seen
