"""What a check finds: steps one after the other, those behind a failed one left out, no secret in any word."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from enum import StrEnum

STEP_SECONDS = 15.0
LEAST_CHARACTERS = 4  # of a secret; a shorter one is part of any sentence


class Outcome(StrEnum):
    OK = "ok"
    WARNING = "warning"
    FAILED = "failed"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class Finding:
    """`told` says what is so, `repair` what to do about it."""

    step: str
    outcome: Outcome
    told: str
    repair: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """Of a step that came to its end."""

    told: str
    repair: str = ""
    outcome: Outcome = Outcome.OK


class Trouble(Exception):
    """A step has failed: what is so, and what to do about it."""

    def __init__(self, told: str, repair: str = "") -> None:
        super().__init__(told)
        self.verdict = Verdict(told, repair, Outcome.FAILED)


def warning(told: str, repair: str = "") -> Verdict:
    return Verdict(told, repair, Outcome.WARNING)


def left_out(told: str) -> Verdict:
    return Verdict(told, outcome=Outcome.SKIPPED)


async def nothing() -> None:
    """There is nothing to close."""


@dataclass(frozen=True, slots=True)
class Step:
    """`work` raises Trouble, OSError or TimeoutError; it is left out unless the steps that it `needs` were well."""

    name: str
    work: Callable[[], Awaitable[Verdict]]
    needs: tuple[str, ...] = ()
    seconds: float = STEP_SECONDS


@dataclass(frozen=True, slots=True)
class Group:
    """Steps about one thing; `close` ends what they have opened."""

    name: str
    steps: list[Step]
    close: Callable[[], Awaitable[None]] = nothing


@dataclass(frozen=True, slots=True)
class Secrets:
    """What no finding may repeat, be it in another's words."""

    texts: frozenset[str] = field(default_factory=frozenset, repr=False)

    @classmethod
    def of(cls, texts: Iterable[str]) -> "Secrets":
        return cls(frozenset(text for text in texts if len(text) >= LEAST_CHARACTERS))

    def hidden(self, text: str) -> str:
        for secret in sorted(self.texts, key=len, reverse=True):
            text = text.replace(secret, "***")
        return "".join(sign if sign.isprintable() else " " for sign in text)


async def findings_of(group: Group, secrets: Secrets) -> list[Finding]:
    found: dict[str, Finding] = {}
    try:
        for step in group.steps:
            verdict = await verdict_of(step, found)
            told, repair = secrets.hidden(verdict.told), secrets.hidden(verdict.repair)
            found[step.name] = Finding(step.name, verdict.outcome, told, repair)
    finally:
        await group.close()
    return list(found.values())


async def verdict_of(step: Step, found: dict[str, Finding]) -> Verdict:
    for need in step.needs:
        if found[need].outcome in {Outcome.FAILED, Outcome.SKIPPED}:
            return left_out(f"not tried, because of: {need}")
    try:
        async with asyncio.timeout(step.seconds):
            return await step.work()
    except Trouble as trouble:
        return trouble.verdict
    except TimeoutError:
        return Trouble(f"nothing came of it in {step.seconds:g} seconds").verdict
    except Exception as error:  # the others are worth knowing all the same
        return Trouble(f"{type(error).__name__}: {error}", "This was not foreseen: the words above may help.").verdict
