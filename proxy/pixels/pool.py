"""Renderers: worker processes behind one bounded queue, viewers before background work."""

import asyncio
import logging
import math
from collections.abc import Callable, Hashable
from itertools import count
from typing import Any, TypeVar

from proxy.errors import Overloaded, ProxyError, RenderCrashed, RenderTimeout
from proxy.metrics import Metrics
from proxy.pixels.desks import Desk, late_after
from proxy.pixels.job import Drawn, Inspection, Job, Work
from proxy.pixels.line import FIRST, Line
from proxy.pixels.memory import PIXEL_BYTES, alone_if_large
from proxy.pixels.pricing import Price, Prices, price_of
from proxy.pixels.processes import Processes, Worker, WorkerDied
from proxy.pixels.ticket import NOTHING, Ticket, load_of
from proxy.pixels.wire import check_facts, pack_work, unpack_drawn, unpack_inspected
from proxy.slices import RenderSettings
from proxy.tracing.spans import drawing

log = logging.getLogger("proxy.pixels")
T = TypeVar("T")

JOBS_PER_WORKER = 2000  # then it is replaced: small leaks in codecs must not add up
RESPAWN_SECONDS = 1.0
VIEWERS, OPERATORS, BACKGROUND = LANES = range(FIRST, FIRST + 3)


class Renderers:
    """`prepare` may be called before the event loop runs; `start` returns when all workers are warm.

    Jobs that run together hold no more than `settings.memory_budget` bytes, as predicted, less what the workers keep.
    """

    def __init__(self, settings: RenderSettings, metrics: Metrics, processes: Processes | None = None) -> None:
        self.settings = settings
        self.metrics = metrics
        self.processes = processes or Processes(settings.most_worker_bytes, kept_bytes=settings.kept_bytes)
        self.line: Line[Ticket[Any]] = Line(settings.memory_budget - settings.workers * settings.kept_bytes)
        self.numbers = count()
        self.slots: list[asyncio.Task[None]] = []
        self.workers: set[Worker] = set()
        self.sandbox: tuple[str, ...] = ()  # what is enforced in the workers
        self.waiting = 0  # without those whose viewers have left
        self.running = 0
        self.prices = Prices()
        self.backlog = [NOTHING for _ in LANES]  # of work in the queue, by lane
        self.under_way: dict[Ticket[Any], float] = {}  # when they will be done, as predicted
        metrics.watch_queue("render", lambda: self.waiting, lambda: self.running)
        metrics.watch_render_memory(settings.memory_budget, lambda: self.line.reserved)

    def prepare(self) -> None:
        self.processes.prepare()

    @property
    def ready(self) -> int:
        """How many workers are there to draw."""
        return len(self.workers)

    async def start(self) -> None:
        workers = await asyncio.gather(*(self.processes.spawn() for _ in range(self.settings.workers)))
        self.sandbox = workers[0].sandbox
        log.info("enforced in the workers: %s", ", ".join(self.sandbox))
        self.slots = [asyncio.create_task(self.keep(worker)) for worker in workers]
        self.workers.update(workers)

    async def close(self) -> None:
        for slot in self.slots:
            slot.cancel()
        await asyncio.gather(*self.slots, return_exceptions=True)
        for worker in self.workers:  # of slots that never came to serve
            self.processes.end(worker)
        for ticket in self.line.waiting:
            ticket.answer.cancel()
        await self.processes.close()

    async def render(
        self,
        job: Job,
        on_begin: Callable[[], None],
        background: bool = False,
        patience_seconds: float = math.inf,
    ) -> Drawn:
        """The picture; `on_begin` is called when a worker starts on it, which should be within `patience_seconds`.

        Raises what `render` raises in the worker, FileNotFoundError included; Overloaded, RenderTimeout, and
        RenderCrashed after two crashes.
        """
        lane, price = BACKGROUND if background else VIEWERS, price_of(job)
        with drawing() as times:

            def begin() -> None:
                times.begin()
                on_begin()

            drawn = await self.ask(job, price, unpack_drawn, begin, lane=lane, patience_seconds=patience_seconds)
            times.drew(drawn.stages, drawn.reused)
        self.prices.learn(price, drawn.stages, drawn.reused)
        self.metrics.decoded(drawn.reused)
        for stage, seconds in drawn.stages.items():
            self.metrics.stage_took(stage, str(drawn.rendition.format), seconds)
        return drawn

    async def inspect(
        self, inspection: Inspection, patience_seconds: float = math.inf, background: bool = False
    ) -> dict[str, Any]:
        """The facts about a picture, ready for JSON; raises what `render` raises. Whoever asks is no viewer."""
        lane, price = BACKGROUND if background else OPERATORS, price_of(inspection)
        return await self.ask(
            inspection, price, unpack_inspected, lambda: None, lane=lane, patience_seconds=patience_seconds
        )

    async def ask(
        self,
        work: Work,
        price: Price,
        unpack: Callable[[dict[str, Any], bytes], T],
        on_begin: Callable[[], None],
        *,
        lane: int,
        patience_seconds: float,
    ) -> T:
        wait = self.wait_seconds(lane)
        if self.waiting >= self.settings.queue or wait > patience_seconds:
            self.metrics.overloaded("render")
            raise Overloaded("too many pictures wait to be drawn", retry_after_seconds=max(1, math.ceil(wait)))
        answer: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        memory = min(price.memory, self.settings.most_worker_bytes)
        work = alone_if_large(work, price.memory, self.settings.most_worker_bytes)
        ticket = Ticket(lane, next(self.numbers), work, on_begin, unpack, answer, memory=memory)
        self.put_price(ticket, price)
        self.line.join(ticket)
        self.enter(ticket)
        try:
            return await answer
        finally:
            if not ticket.begun:  # the viewer has left, and with him the ticket's place
                self.leave(ticket)

    def would_decode(self, original: Hashable) -> bool:
        """Whether a worker would begin at once to decode what nobody has decoded."""
        desks = self.line.desks
        is_known = self.line.draws(original) or any(original in desk.decoded for desk in desks)
        return not is_known and any(desk.idle for desk in desks)

    def put_price(self, ticket: Ticket[Any], price: Price) -> None:
        ticket.decoding, ticket.drawing = self.prices.decoding(price), self.prices.drawing(price)
        if 0 < price.shared * PIXEL_BYTES <= self.settings.kept_bytes:  # or no worker could keep it for the next one
            ticket.original, ticket.pixels = ticket.work.source, price.shared
        is_decoded = ticket.original is not None and self.line.draws(ticket.original)
        seconds = ticket.drawing if is_decoded else ticket.decoding + ticket.drawing
        ticket.price = min(seconds, self.settings.timeout_seconds)

    def enter(self, ticket: Ticket[Any]) -> None:
        self.waiting += 1
        self.backlog[ticket.lane] += load_of(ticket)

    def leave(self, ticket: Ticket[Any]) -> None:
        self.waiting -= 1
        self.backlog[ticket.lane] -= load_of(ticket)

    def wait_seconds(self, lane: int = VIEWERS) -> float:
        """How long a newcomer will wait for a worker, as far as can be foreseen: the workers' time, or their memory."""
        if not self.waiting:  # and what a sum of floats has left over is forgotten
            self.backlog = [NOTHING for _ in LANES]
            if self.running < self.settings.workers:
                return 0.0
        now = asyncio.get_running_loop().time()
        left = [load_of(ticket, max(0.0, ends_at - now)) for ticket, ends_at in self.under_way.items()]
        load = sum([*left, *self.backlog[: lane + 1]], NOTHING)
        return max(load.seconds / self.settings.workers, load.byte_seconds / self.settings.memory_budget)

    async def keep(self, worker: Worker) -> None:
        """One slot, for ever: a fault of ours costs what it was at."""
        desk = self.line.desk()
        while True:
            try:
                await self.serve(worker, desk)
            except Exception:
                log.exception("a fault of ours: a slot of the workers begins anew")
            desk.forget()
            self.metrics.worker_restarted("fault")
            worker = await self.spawn(lambda: None)

    async def serve(self, worker: Worker, desk: Desk) -> None:
        """Takes tickets, replaces its worker when that is due."""
        loop = asyncio.get_running_loop()
        try:
            while True:
                ticket = await self.line.enter(desk)
                ticket.begun = True
                self.leave(ticket)
                before, late = worker, loop.call_later(late_after(ticket), self.line.news.set)
                try:
                    worker = await self.run(ticket, worker)
                finally:
                    late.cancel()
                    self.line.leave(ticket)
                if worker is not before:
                    desk.forget()
        finally:
            self.workers.discard(worker)
            self.processes.end(worker)

    async def run(self, ticket: Ticket[Any], worker: Worker) -> Worker:
        self.running += 1
        self.under_way[ticket] = asyncio.get_running_loop().time() + ticket.price
        try:
            return await self.handle(ticket, worker)
        except Exception:
            self.finish(ticket, RenderCrashed("this picture could not be drawn"), "failed")
            raise
        finally:
            del self.under_way[ticket]
            self.running -= 1

    async def handle(self, ticket: Ticket[Any], worker: Worker) -> Worker:
        """Do one ticket's work; gives back the worker for the next one."""
        ticket.on_begin()
        for crash in ("crashed", "crashed again"):
            try:
                answer = await self.attempt(worker, ticket)
            except (WorkerDied, TimeoutError) as failure:
                late = isinstance(failure, TimeoutError)
                log.error("worker %s %s on %s", worker.process_id, "hung" if late else crash, ticket.work)
                if late:
                    self.finish(ticket, RenderTimeout("this picture took too long to draw"), "timeout")
                    return await self.replace(worker, "timeout", ticket)
                if crash == "crashed again":
                    self.finish(ticket, RenderCrashed("this picture could not be drawn"), "crashed")
                worker = await self.replace(worker, "crash", ticket)
            except (ProxyError, FileNotFoundError) as error:
                self.finish(ticket, error, "failed" if isinstance(error, RenderCrashed) else "refused")
                return await self.rest(worker, ticket)
            except Exception:  # an answer that is none: this worker is not to be trusted any more
                log.exception("worker %s on %s", worker.process_id, ticket.work)
                self.finish(ticket, RenderCrashed("this picture could not be drawn"), "failed")
                return await self.replace(worker, "fault", ticket)
            else:
                self.finish(ticket, answer, ticket.work.outcome)
                return await self.rest(worker, ticket)
        return worker

    async def attempt(self, worker: Worker, ticket: Ticket[T]) -> T:
        async with asyncio.timeout(self.settings.timeout_seconds):
            facts, body = await worker.work(pack_work(ticket.work))
        if facts.get("error") == "PermissionError":  # what it may read was fixed when it began: a directory may be new
            raise WorkerDied(f"worker {worker.process_id} may not read {ticket.work}")
        check_facts(facts)
        return ticket.unpack(facts, body)

    def finish(self, ticket: Ticket[T], result: T | Exception, outcome: str) -> None:
        self.metrics.rendered(outcome)
        if ticket.answer.done():  # everybody has left
            return
        if isinstance(result, Exception):
            ticket.answer.set_exception(result)
        else:
            ticket.answer.set_result(result)

    async def rest(self, worker: Worker, ticket: Ticket[Any]) -> Worker:
        """Between two jobs: a worker that is old or fat makes place for a fresh one."""
        if worker.jobs >= JOBS_PER_WORKER:
            return await self.replace(worker, "age", ticket)
        if worker.memory > self.settings.most_idle_bytes:
            return await self.replace(worker, "memory", ticket)
        return worker

    async def replace(self, worker: Worker, reason: str, ticket: Ticket[Any]) -> Worker:
        """A fresh worker; tries until there is one, since a slot without a worker is of no use. The memory that
        `ticket` has taken is for others while there is none.
        """
        self.metrics.worker_restarted(reason)
        self.workers.discard(worker)
        self.processes.end(worker)
        desk: Desk | None = None

        def make_room() -> None:
            nonlocal desk
            desk = self.line.leave(ticket) or desk

        fresh = await self.spawn(make_room)
        if desk is not None:
            self.line.take_in(ticket, desk)
        return fresh

    async def spawn(self, on_failure: Callable[[], None]) -> Worker:
        while True:
            try:
                fresh = await self.processes.spawn()
            except Exception as error:  # whatever it is: a slot without a worker is of no use
                log.error("cannot start a worker, trying again: %s", error, exc_info=not isinstance(error, OSError))
                on_failure()
                await asyncio.sleep(RESPAWN_SECONDS)
            else:
                self.workers.add(fresh)
                return fresh
