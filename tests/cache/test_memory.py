"""The nearest tier: never above its budget, and what was used last stays longest."""

from hypothesis import given
from hypothesis import strategies as st

from proxy.cache.renditions.memory import OVERHEAD_BYTES, MemoryStore
from proxy.metrics import Metrics
from tests.cache.bench import PATIENT, counted

ENTRY = 1000 + OVERHEAD_BYTES
VALUE = b"v" * 1000


def store_for(entries: int, metrics: Metrics | None = None) -> MemoryStore[bytes]:
    """With room for so many entries of 1000 bytes."""
    return MemoryStore(entries * ENTRY, len, metrics or Metrics())


def test_every_entry_costs_more_than_its_body() -> None:
    store = store_for(3)

    store.put("a", VALUE)
    store.put("b", b"")

    assert store.used == ENTRY + OVERHEAD_BYTES


def test_what_was_put_first_goes_first() -> None:
    store = store_for(3)

    for name in "abcd":
        store.put(name, VALUE)

    assert list(store.entries) == ["b", "c", "d"]


def test_what_was_looked_at_stays() -> None:
    store = store_for(3)
    for name in "abc":
        store.put(name, VALUE)

    store.peek("a")
    store.put("d", VALUE)

    assert list(store.entries) == ["c", "a", "d"]


async def test_what_was_got_through_aiocache_stays_too() -> None:
    store = store_for(2)
    await store.set("a", VALUE)
    await store.set("b", VALUE)

    await store.get("a")
    await store.set("c", VALUE)

    assert list(store.entries) == ["a", "c"]


async def test_asking_whether_something_exists_is_no_use_of_it() -> None:
    store = store_for(2)
    store.put("a", VALUE)
    store.put("b", VALUE)

    assert await store.exists("a")
    store.put("c", VALUE)

    assert not await store.exists("a")


def test_what_is_put_again_is_the_youngest() -> None:
    store = store_for(2)
    store.put("a", VALUE)
    store.put("b", VALUE)

    store.put("a", VALUE)
    store.put("c", VALUE)

    assert list(store.entries) == ["a", "c"]


def test_a_replaced_value_costs_nothing_any_more() -> None:
    store = store_for(2)
    store.put("a", VALUE)

    store.put("a", b"short")

    assert store.used == len(b"short") + OVERHEAD_BYTES


def test_what_fits_exactly_is_kept() -> None:
    store = store_for(1)

    store.put("a", VALUE)

    assert store.peek("a") == VALUE


def test_what_is_larger_than_the_budget_is_not_kept_and_drives_nothing_out() -> None:
    store = store_for(2)
    store.put("a", VALUE)

    store.put("b", VALUE * 3)

    assert list(store.entries) == ["a"]


def test_a_value_that_has_become_too_large_leaves_no_older_one_behind() -> None:
    store = store_for(2)
    store.put("a", VALUE)

    store.put("a", VALUE * 3)

    assert store.peek("a") is None
    assert store.used == 0


def test_without_a_budget_nothing_is_kept() -> None:
    store: MemoryStore[bytes] = MemoryStore(0, len, Metrics())

    store.put("a", b"")

    assert store.peek("a") is None


async def test_clearing_gives_everything_back() -> None:
    store = store_for(3)
    store.put("a", VALUE)

    await store.clear()

    assert (store.used, store.peek("a")) == (0, None)


def test_metrics_tell_its_size_and_what_it_dropped() -> None:
    metrics = Metrics()
    store = store_for(2, metrics)

    for name in "abcde":
        store.put(name, VALUE)

    assert counted(metrics, "cache_bytes", tier="memory") == 2 * ENTRY
    assert counted(metrics, "cache_evictions_total", tier="memory") == 3


NAMES = st.sampled_from("abcdefgh")
PUTS = st.tuples(st.just("put"), NAMES, st.integers(0, 4000))
DROPS = st.tuples(st.just("drop"), NAMES, st.just(0))
PEEKS = st.tuples(st.just("peek"), NAMES, st.just(0))


@PATIENT
@given(st.lists(PUTS | DROPS | PEEKS, max_size=60), st.integers(0, 8000))
def test_whatever_happens_the_account_is_exact_and_within_the_budget(
    operations: list[tuple[str, str, int]], budget: int
) -> None:
    store: MemoryStore[bytes] = MemoryStore(budget, len, Metrics())

    for operation, name, size in operations:
        match operation:
            case "put":
                store.put(name, bytes(size))
            case "drop":
                store.drop(name)
            case "peek":
                store.peek(name)

        assert store.used == sum(len(value) + OVERHEAD_BYTES for value in store.entries.values())
        assert store.used <= budget


@PATIENT
@given(st.lists(PUTS | DROPS | PEEKS, max_size=60), st.integers(0, 8000))
def test_it_holds_what_a_plain_list_by_recency_would_hold(operations: list[tuple[str, str, int]], budget: int) -> None:
    store: MemoryStore[bytes] = MemoryStore(budget, len, Metrics())
    model: list[tuple[str, int]] = []  # oldest first

    for operation, name, size in operations:
        known = [entry for entry in model if entry[0] == name]
        if operation == "put":
            store.put(name, bytes(size))
            known = [(name, size)] if size + OVERHEAD_BYTES <= budget else []
        elif operation == "drop":
            assert store.drop(name) == bool(known)
            known = []
        else:
            assert (store.peek(name) is not None) == bool(known)
        model = [entry for entry in model if entry[0] != name] + known
        while sum(size + OVERHEAD_BYTES for _, size in model) > budget:
            model.pop(0)

    assert [(name, len(value)) for name, value in store.entries.items()] == model
