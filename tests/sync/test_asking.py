"""The button of a failure asks for what deals with it again."""

from dataclasses import replace
from pathlib import Path

import pytest

from proxy.metrics import Metrics
from proxy.sync.command import FLOWS
from proxy.sync.outcomes import DataError, Reason, Result
from proxy.sync.schedule.jobs import WINDOW, jobs_of
from proxy.sync.service import Service
from proxy.sync.state.rows import Subject
from proxy.sync.status.asking import Asking
from proxy.sync.status.face import Face
from tests.sync.settled import BYNDER, CLOUDINARY, settled

PORTAL = {"host": "acme.bynder.com", "permanent_token": "t"}
TWO = {**BYNDER, "credentials": {"bynder": PORTAL, "other": PORTAL}}
FAILED = Result.of(DataError(Reason.UNKNOWN_PRODUCT, "RUN-01"))
SHOE, BAG = Subject("cloudinary", "3f9c"), Subject("bynder", "77aa", credential="other")
LINK = ("3f9c", "--sku", "S", "--family", "F", "--attribute", "A")
OTHER = ("--credential_code", "other", WINDOW, "61")


@pytest.mark.parametrize(
    ("flow", "subject", "wanted"),
    [
        ("bynder import-assets", BAG, ("bynder import-assets", "other", OTHER)),
        ("bynder update-mapped-properties", BAG, ("bynder update-mapped-properties", "other", OTHER)),
        ("cloudinary link", SHOE, ("cloudinary retry", "", ())),  # by event
        ("cloudinary link", replace(SHOE, arguments=LINK), ("cloudinary link", "", LINK)),  # by hand
        ("cloudinary product-info", replace(SHOE, arguments=LINK[1:3]), ("cloudinary product-info", "", LINK[1:3])),
    ],
)
async def test_what_failed_is_asked_for_as_it_was(
    tmp_path: Path, flow: str, subject: Subject, wanted: tuple[str, str, tuple[str, ...]]
) -> None:
    async with Service(settled(tmp_path, cloudinary=CLOUDINARY, bynder=TWO), Metrics()) as service:
        await service.state.add_attempt(flow, subject, FAILED)

        wish = await Asking(service.state, jobs_of(service.settings, FLOWS), service.now).asset(
            subject.system, subject.asset
        )

    assert (wish.command, wish.credential, wish.arguments) == wanted


async def test_of_several_failures_the_one_that_is_named(tmp_path: Path) -> None:
    async with Service(settled(tmp_path, cloudinary=CLOUDINARY, bynder=TWO), Metrics()) as service:
        face = Face(service, jobs_of(service.settings, FLOWS))
        for flow in ("bynder update-mapped-properties", "bynder import-assets"):
            await service.state.add_attempt(flow, BAG, FAILED)

        asset = {"system": "bynder", "asset": "77aa"}
        named = await face.ask({**asset, "flow": "bynder update-mapped-properties"})
        newest = await face.ask(asset)
        other = await face.ask({**asset, "flow": "bynder update-properties"})
        _, page = await face.page()

    assert [status for status, _ in (named, newest, other)] == [202, 202, 400]
    assert [facts["command"] for _, facts in (named, newest)] == [
        "bynder update-mapped-properties",
        "bynder import-assets",
    ]
    assert page.count('name="flow" value="bynder update-mapped-properties"') == 1
