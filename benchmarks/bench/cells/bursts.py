"""Many requests at one moment: the widths of a new original (`srcset`), and one rendition that two hundred want."""

from collections.abc import AsyncIterator, Sequence

from benchmarks.bench.asks import Ask, WrongAnswerError, judged
from benchmarks.bench.house import House
from benchmarks.bench.load import LoadError
from benchmarks.bench.measure import watching
from benchmarks.bench.peers.peer import HttpPeer, Peer
from benchmarks.bench.pictures import Original
from benchmarks.bench.ratios import Result, Sample

WIDTHS = (160, 320, 480, 640, 960, 1280)
FORMATS = ("jpg", "webp", "avif")
IDENTICAL = 200
SIX, SIX_IN_THREE = "six widths of a new original at once", "six widths in three formats at once"
WIDEST, ALIKE = "the widest of them alone", "200 identical cold requests"


async def bursts(it: House) -> AsyncIterator[Result]:
    """The widest alone is asked for in the same rounds, of originals of its own."""
    rounds, rounds_in_three = it.rounds * 4, it.rounds if it.full else 1  # AVIF at 1280 takes its time
    kinds = {SIX: six(("jpg",)), WIDEST: [frame(1280, "jpg")], SIX_IN_THREE: six(FORMATS)}
    results = {name: Result(name) for name in kinds}
    peers = [peer for peer in it.peers if await is_right(it, peer, results[SIX])]
    for turn in range(rounds):
        for number, (name, frames) in enumerate(kinds.items()):
            original = Original("4mp", "jpg", len(kinds) * turn + number, "srcset")
            for peer in peers:
                asks = [ask.of(original) for ask in frames]
                if (name != SIX_IN_THREE or turn < rounds_in_three) and all(map(peer.can, asks)):
                    await peer.prepare([original])
                    results[name].add(peer.name, await peer.draw(asks, len(asks)))
    for result in results.values():
        yield result
    yield await identical(it)


def six(formats: Sequence[str]) -> list[Ask]:
    return [frame(width, wanted) for width in WIDTHS for wanted in formats]


def frame(width: int, format: str) -> Ask:
    return Ask(Original("4mp", "jpg", 0, "srcset"), width, width * 5 // 8, format)


async def is_right(it: House, peer: Peer, result: Result) -> bool:
    """Judges the width in the middle, of an original that is not measured."""
    ask = frame(640, "jpg").of(Original("4mp", "jpg", 99_999, "srcset"))
    await peer.prepare([ask.original])
    if not peer.can(ask):
        return False
    try:
        result.ssim[peer.name] = judged(*await peer.answer(ask), ask, it.references.of(ask))
    except (WrongAnswerError, LoadError) as error:
        result.wrong[peer.name] = str(error)
    return peer.name in result.ssim


async def identical(it: House) -> Result:
    """All must be the same bytes; who draws each of them pays for it here."""
    result = Result(ALIKE)
    servers = [peer for peer in it.peers if isinstance(peer, HttpPeer)]
    for turn in range(it.rounds if it.full else 1):  # who draws all of them takes long
        ask = frame(300, "jpg").of(Original("4mp", "jpg", turn, "alike"))
        for peer in filter(lambda one: one.can(ask), servers):
            await peer.prepare([ask.original])
            async with watching(peer.process_id) as spent:
                answers = await it.client.run([peer.url(ask)] * IDENTICAL)
            if len(answers.sizes) > 1:
                result.wrong[peer.name] = f"{len(answers.sizes)} different answers"
            result.add(peer.name, Sample(IDENTICAL, answers.seconds, spent.cpu_seconds, spent.peak_bytes))
    return result
