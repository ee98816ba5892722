"""Cold renditions: the original is on the disk, the rendition is new, and every request is for another original.

So nothing that a server keeps of one request, a decoded picture for instance, helps it with the next.
"""

from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from statistics import mean

from benchmarks.bench.asks import Ask, WrongAnswerError, judged
from benchmarks.bench.house import House
from benchmarks.bench.load import LoadError
from benchmarks.bench.measure import cores
from benchmarks.bench.peers.peer import Peer
from benchmarks.bench.pictures import PHOTOGRAPHS, Original
from benchmarks.bench.ratios import Result

# As many as a server of two cores draws in a second or two; PNG files are large.
ORIGINALS = {"jpg": 96, "png": 36, "webp": 48, "avif": 48}
FRAMES = {"300x200": (300, 200, False), "800x600": (800, 600, False), "512 fit": (512, 512, True)}
SHORT = [
    ("jpg", "jpg", "300x200"),
    ("jpg", "webp", "800x600"),
    ("jpg", "avif", "300x200"),
    ("png", "jpg", "300x200"),
    ("png", "png", "300x200"),
    ("webp", "webp", "300x200"),
    ("avif", "jpg", "512 fit"),
]
FULL = [(source, wanted, frame) for source in ORIGINALS for wanted in ORIGINALS for frame in FRAMES]
TRIED = 4  # before the clock runs: how many a second there will be


def title(source: str, wanted: str, frame: str) -> str:
    return f"cold, {source} to {wanted}, {frame}"


async def cold(it: House) -> AsyncIterator[Result]:
    for source, wanted, frame in FULL if it.full else SHORT:
        originals = [Original("4mp", source, number) for number in range(ORIGINALS[source])]
        width, height, fit = FRAMES[frame]
        yield await compare(it, title(source, wanted, frame), Ask(originals[0], width, height, wanted, fit), originals)


async def compare(it: House, name: str, ask: Ask, originals: Sequence[Original]) -> Result:
    result = Result(name)
    peers = [peer for peer in it.peers if peer.can(ask) and await is_right(it, peer, ask, originals, result)]
    counts = {peer.name: await fitting(it, peer, asked(ask, originals[:TRIED], 1)) for peer in peers}
    for turn in range(it.rounds):
        start = turn % len(peers)
        for peer in [*peers[start:], *peers[:start]]:
            chosen = originals[: min(len(originals), counts[peer.name])]
            result.add(peer.name, await peer.draw(asked(ask, chosen, turn + 2), at_once()))
    return result


async def is_right(it: House, peer: Peer, ask: Ask, originals: Sequence[Original], result: Result) -> bool:
    """Judges the same rendition of each photograph; notes what is wrong, or the mean SSIM."""
    await peer.prepare(originals)
    try:
        found = []
        for original in originals[: len(PHOTOGRAPHS)]:
            one = ask.of(original)
            found.append(judged(*await peer.answer(one), one, it.references.of(one)))
    except (WrongAnswerError, LoadError) as error:
        result.wrong[peer.name] = str(error)
        return False
    result.ssim[peer.name] = mean(found)
    return True


async def fitting(it: House, peer: Peer, asks: Sequence[Ask]) -> int:
    """How many requests fill a round."""
    sample = await peer.draw(asks, at_once())
    return max(TRIED, round(sample.rate * it.seconds))


def asked(ask: Ask, originals: Sequence[Original], turn: int) -> list[Ask]:
    """A pixel wider at each turn, so that no rendition is asked for twice; turn 0 is what was judged."""
    return [replace(ask, original=original, width=ask.width + turn) for original in originals]


def at_once() -> int:
    return 2 * len(cores())
