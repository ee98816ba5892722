"""Signatures, codes, the check of the fields, product information, the commands (dam-sync 2.1, 2.2, 2.9, 4.1)."""

import argparse
import time
from pathlib import Path
from typing import Any

import cloudinary.utils
import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.cli import main
from proxy.demo.catalogue.model import Product
from proxy.demo.cloudinary.model import MetadataField, sync_fields
from proxy.demo.faults import Status
from proxy.sync.cloudinary.codes import asset_code, split_code
from proxy.sync.cloudinary.signatures import form_signature, is_signed
from proxy.sync.command import FLOWS
from proxy.sync.outcomes import ConfigurationError, Outcome, Reason, Tally
from proxy.sync.shell import loaded
from tests.sync.cloudinary.test_link import link
from tests.sync.cloudinary.world import ASSET_ID, CODE, READY, WRITE, World, world

VECTOR = b'{"notification_type":"resource_metadata_changed"}'
SHA1 = "3218c6ea068b7138c5c3cdb41dcee201a7ca4f1a"
SHA256 = "94ad577a15fa8a0b878172e901a7e6b545297ea93a1c2879be179f0588d81251"
INFORMATION = {"locale": "en_US", "scope": "ecommerce", "fields": {"name": "akeneo_name", "brand": "akeneo_brand"}}


@pytest.mark.parametrize("signature", [SHA1, SHA256, SHA1.upper()])
def test_the_vector_of_a_notification(signature: str) -> None:
    assert is_signed(VECTOR, "1700000000", signature, "abcd", now=1_700_000_100)


@pytest.mark.parametrize(
    ("timestamp", "signature", "now"),
    [
        ("1700000000", SHA1, 1_700_007_201),
        ("1700000000", SHA1, 1_699_999_699),
        ("1700000000", SHA256[:40], 1_700_000_000),
        ("17e8", SHA1, 1_700_000_000),
        ("\u0661\u0667", SHA1, 17),
        ("", "", 0),
    ],
)
def test_a_notification_that_is_not_signed(timestamp: str, signature: str, now: float) -> None:
    assert not is_signed(VECTOR, timestamp, signature, "abcd", now=now)


@given(st.binary(max_size=50).filter(lambda body: body.decode("utf-8", "ignore").encode() == body))
def test_the_official_package_would_have_taken_what_we_take(body: bytes) -> None:
    now = int(time.time())
    cloudinary.config(api_secret="abcd")
    signature = cloudinary.utils.compute_hex_hash(f"{body.decode()}{now}abcd", "sha1")

    assert cloudinary.utils.verify_notification_signature(body.decode(), now, signature, algorithm="sha1")
    assert is_signed(body, str(now), signature, "abcd", now=now)


@given(
    st.dictionaries(st.text("abc_", min_size=1, max_size=5), st.text(max_size=8) | st.lists(st.text(max_size=4))),
    st.sampled_from(["sha1", "sha256"]),
)
def test_forms_are_signed_as_the_official_package_does(fields: dict[str, Any], algorithm: str) -> None:
    if any(value and not ("".join(value)) for value in fields.values()):
        return  # a list of nothing but empty texts
    assert form_signature(fields, "abcd", algorithm) == cloudinary.utils.api_sign_request(fields, "abcd", algorithm)


@given(st.text("AZ09_", min_size=1, max_size=200), st.text("abz09", min_size=1, max_size=40))
def test_a_code_is_split_at_its_last_separator(sku: str, asset_id: str) -> None:
    assert split_code(asset_code(sku, asset_id)) == (sku, asset_id)


@given(st.text(min_size=1, max_size=200))
def test_with_underscores_every_sku_has_a_code(sku: str) -> None:
    assert asset_code(sku, "a1", "underscore").isascii()


@pytest.mark.parametrize(
    ("field", "said"),
    [
        (None, "external id"),
        (MetadataField("akeneo_status", "string"), "type enum"),
        (MetadataField("akeneo_status", "enum", options={"requires_link": "x", "linked": "y"}), "requires_unlink"),
    ],
)
async def test_a_field_that_is_not_as_it_has_to_be_stops_the_start(field: MetadataField | None, said: str) -> None:
    async with world() as one, one.cloudinary() as connected:
        if field is None:
            del one.cloud.fields["akeneo_status"]
        else:
            one.cloud.fields["akeneo_status"] = field

        with pytest.raises(ConfigurationError, match=f"akeneo_status.*{said}"):
            await connected.check()


async def test_refused_credentials_stop_the_start_without_the_secret() -> None:
    async with world() as one, one.cloudinary() as connected:
        one.cloud.api_secret = "another-one"
        with pytest.raises(ConfigurationError) as error:
            await connected.check()

        assert "abcd" not in str(error.value)


async def test_c5_writes_what_differs_into_the_metadata_after_a_link() -> None:
    async with informed() as one:
        shoe = one.shoe(akeneo_brand="acme")

        await link(one)

        assert shoe.metadata["akeneo_name"] == "Runner"
        assert one.status(shoe) == "linked"
        assert b"akeneo_brand" not in b"".join(call.body for call in one.cloud.calls if "image/metadata" in call.path)


@pytest.mark.parametrize(("sku", "reason"), [("PROD009", Reason.UNKNOWN_PRODUCT), ("PROD001", Reason.TRANSIENT)])
async def test_c5_a_failure_leaves_the_link_valid(sku: str, reason: Reason) -> None:
    async with informed() as one:
        shoe = one.shoe(sku=sku)
        faults = [Status(503, path="/api/rest/v1/products")] if reason is Reason.TRANSIENT else []
        with one.pim.misbehaving(*faults):
            assert (await link(one)).outcome is Outcome.LINKED

        assert one.status(shoe) == "linked"
        assert len(one.links) == 1
        async with one.service() as service:
            (attempt,) = await service.state.attempts_since(0, "cloudinary product-info")
        assert attempt.result is not None
        assert attempt.result.reason is reason


async def test_c5_by_command_reads_each_product_once_and_writes_nothing_twice() -> None:
    async with informed() as one:
        one.shoe(status="linked")
        one.cloud.add_asset("second", metadata={**READY, "status": "linked"})
        one.pim.catalogue.products["PROD001"].set("name", "Racer", "en_US")

        assert (await command(one, "product-info"))["updated"] == 2
        assert [call for call in one.pim_calls if "/products/" in call] == ["GET /api/rest/v1/products/PROD001"]
        one.reset()
        assert (await command(one, "product-info"))["unchanged"] == 2
        assert WRITE not in one.cloud_calls


async def test_c5_a_sku_with_a_slash_is_asked_for_as_one_name() -> None:
    async with informed() as one:
        product = Product("RUN/01", "shoes")
        product.set("brand", "acme")
        one.pim.catalogue.add_products(product)
        shoe = one.shoe(sku="RUN/01", status="linked")

        await command(one, "product-info", sku="RUN/01")

        assert shoe.metadata["akeneo_brand"] == "acme"


async def test_a_dry_run_tells_and_writes_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    async with world() as one:
        shoe = one.shoe()
        one.cloud.add_asset("old", metadata={**READY, "sku": "GONE", "status": "requires_unlink"})

        counts = await command(one, "retry", dry_run=True)

        assert (counts["linked"], counts["unlinked"]) == (1, 1)
        told = capsys.readouterr().out
        assert f"would write asset {CODE} of packshots" in told
        assert "would delete asset GONE__" in told
        assert (one.links, one.status(shoe)) == ({}, "requires_link")
        assert not [call for call in one.pim_calls if not call.startswith("GET")]
        async with one.service() as service:
            assert (await service.state.links("cloudinary"), await service.state.attempts_since(0)) == ([], [])


async def test_the_commands_link_and_unlink() -> None:
    async with world() as one:
        one.shoe(status=None)
        wishes = {"asset_id": ASSET_ID, "sku": "PROD001", "family": "packshots", "attribute": "link_packshot"}

        assert (await command(one, "link", **wishes))["linked"] == 1
        assert list(one.links) == [CODE]
        assert (await command(one, "unlink", asset_id=ASSET_ID, sku=None, family=None))["unlinked"] == 1
        assert one.links == {}


@pytest.mark.parametrize("name", ["link", "unlink", "retry", "product-info"])
def test_the_commands_are_there(name: str, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    with pytest.raises(SystemExit) as end:
        main(["sync", "cloudinary", name, "--help"])

    assert end.value.code == 0
    assert "--dry-run" in capsys.readouterr().out


def informed() -> Any:
    return world(
        cloud={"fields": [*sync_fields().values(), MetadataField("akeneo_name"), MetadataField("akeneo_brand")]},
        product_information=INFORMATION,
    )


async def command(one: World, name: str, **options: Any) -> dict[str, int]:
    """As the shell runs it, less the process."""
    flow = next(flow for flow in FLOWS if (flow.system, flow.name) == ("cloudinary", name))
    tally = Tally()
    async with one.service() as service:
        given = argparse.Namespace(**{"dry_run": False, "sku": None, **options})
        await loaded(flow.work)(service, given, tally)
    return tally.counts()
