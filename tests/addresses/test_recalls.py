"""What was recalled of late, for whoever asked before."""

from proxy.addresses.recalls import Recalls


def test_a_recall_counts_for_whoever_asked_before_it() -> None:
    recalls = Recalls()
    recalls.note("a")
    asked = recalls.count
    recalls.note("b")

    assert [recalls.since(asked, [place]) for place in "abc"] == [False, True, False]
    assert recalls.since(0, ["a", "c"])


def test_when_all_is_recalled_everything_is() -> None:
    recalls = Recalls()
    recalls.note_all()

    assert recalls.since(0, ["whatever"])
    assert not recalls.since(recalls.count, ["whatever"])


def test_of_what_is_no_longer_known_the_worst_is_taken() -> None:
    recalls = Recalls(most=2)
    for place in "abc":
        recalls.note(place)

    assert recalls.since(0, ["x"])
    assert not recalls.since(1, ["x"])
    assert len(recalls.latest) == 2
