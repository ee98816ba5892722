"""When everything of a group of origins was purged last, over restarts."""

from pathlib import Path

import pytest

from proxy.cache.purges.emptied import Emptied
from proxy.cache.purges.scope import Below, Files, Scope

ALL = Below("", frozenset({"shop"}), frozenset({"akeneo"}))
FEW: list[Scope] = [
    Below("media-files/1/2", ALL.groups, ALL.origins),
    Below("products/cup", ALL.groups, ALL.origins),
    Files(("a" * 16,), ()),
]


def test_a_purge_of_everything_is_known_after_a_restart(tmp_path: Path) -> None:
    Emptied(tmp_path / "emptied").note(ALL)

    again = Emptied(tmp_path / "emptied")

    assert again.at("shop") > 0
    assert again.at("other") == 0


@pytest.mark.parametrize("scope", FEW)
def test_a_purge_of_some_is_none(scope: Scope) -> None:
    emptied = Emptied(None)
    emptied.note(scope)

    assert emptied.at("shop") == 0


def test_a_disk_that_fails_is_told_and_it_is_known_for_now(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "emptied").write_text("in the way")
    emptied = Emptied(tmp_path / "emptied", lambda: 7.0)
    emptied.note(ALL)

    assert (emptied.at("shop"), "forgotten by a restart" in caplog.text) == (7.0, True)
