"""The small parts: what waits, what is held, what is told."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.freshness.common import Alone
from proxy.freshness.holdings import Holdings
from proxy.freshness.inbox import Inbox
from proxy.freshness.teller import Teller, told
from proxy.freshness.things import Change, Kind, Thing

CUP, MUG = Thing(Kind.MODEL, "cup"), Thing(Kind.MODEL, "mug")


def codes(*names: str) -> frozenset[str]:
    return frozenset(names)


# -- the inbox --


async def test_changes_of_one_thing_wait_as_one_and_the_oldest_goes_first() -> None:
    inbox = Inbox(gather_seconds=0)
    for at, thing in enumerate([CUP, MUG, CUP]):
        assert inbox.put(Change(thing, at, ids=codes(str(at))))

    first, second = await inbox.take(), await inbox.take()

    assert (first.thing, first.at, first.ids) == (CUP, 2, codes("0", "2"))
    assert second.thing == MUG


async def test_a_change_waits_for_others_to_join_it() -> None:
    now = [0.0]
    inbox = Inbox(gather_seconds=0.001, clock=lambda: now[0])
    inbox.put(Change(CUP, 1))
    now[0] = 1.0

    assert (await inbox.take()).thing == CUP


def test_a_full_inbox_takes_what_joins_and_nothing_else() -> None:
    inbox = Inbox(most=1)

    assert inbox.put(Change(CUP, 1))
    assert inbox.put(Change(CUP, 2))
    assert not inbox.put(Change(MUG, 1))


# -- holdings --


def test_what_is_gone_and_what_is_new() -> None:
    holdings = Holdings()

    assert holdings.remember(CUP, 1, codes("a", "b")) == (codes(), codes("a", "b"))
    assert holdings.remember(CUP, 2, codes("b", "c")) == (codes("a"), codes("c"))
    assert not holdings.is_used("a")
    assert holdings.is_older(CUP, 1)
    assert not holdings.is_older(CUP, 2)
    assert holdings.covers(CUP, 2, codes("b", "c"))
    assert not holdings.covers(CUP, 2, codes("b"))
    assert not holdings.covers(CUP, 3, codes("b", "c"))


def test_a_file_is_used_as_long_as_anything_names_it() -> None:
    holdings = Holdings()
    holdings.remember(CUP, 1, codes("a"))
    holdings.remember(MUG, 1, codes("a"))

    holdings.remember(CUP, 2, codes())
    assert holdings.is_used("a")
    holdings.remember(MUG, 2, codes())
    assert not holdings.is_used("a")


@given(st.lists(st.tuples(st.integers(0, 9), st.frozensets(st.sampled_from("abcd")))))
def test_no_more_is_held_than_there_is_room_for(changes: list[tuple[int, frozenset[str]]]) -> None:
    holdings = Holdings(most=3)
    for at, (number, some) in enumerate(changes):
        holdings.remember(Thing(Kind.MODEL, str(number)), at, some)

    assert len(holdings.held) <= 3
    assert set(holdings.users) == {code for held in holdings.held.values() for code in held.codes}


# -- the teller --


class Listening(Alone):
    def __init__(self) -> None:
        self.heard: list[dict[str, object]] = []
        self.away = False

    async def tell(self, facts: dict[str, object]) -> None:
        if self.away:
            raise OSError
        self.heard.append(facts)


async def test_many_things_are_told_in_one_message() -> None:
    listening = Listening()
    teller = Teller(listening)
    things = [CUP, MUG, CUP, Thing(Kind.PRODUCT, "x", uuid="y")]
    for thing in things:
        teller.tell("pim", thing)

    await teller.flush()

    (facts,) = listening.heard
    assert told(facts) == ([("pim", thing) for thing in dict.fromkeys(things)], [])
    assert not teller.untold


async def test_what_could_not_be_told_is_told_later_and_no_more_of_it_than_there_is_room_for() -> None:
    listening = Listening()
    listening.away = True
    teller = Teller(listening)
    for number in range(6000):
        teller.tell("pim", Thing(Kind.MODEL, str(number)))
    with pytest.raises(OSError):
        await teller.flush()

    listening.away = False
    await teller.flush()

    assert [told(facts) for facts in listening.heard] == [([], ["pim"])]
