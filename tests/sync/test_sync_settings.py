"""The YAML file: what is wrong in it is named in one line, and secrets come from the environment."""

import re
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as some

from proxy.errors import SettingsError
from proxy.sync.settings.cron import Cron
from proxy.sync.settings.reading import read_sync_settings, setting_names
from proxy.sync.settings.settings import SyncConfiguration

SECRET = 'p@"ss: {w}ord #1'
AKENEO = 'akeneo: {url: "https://pim.example.com", access_token: "${TOKEN}"}\nstate: /tmp/sync.sqlite3\n'
CLOUDINARY = "cloudinary:\n  cloud_name: acme\n  api_key: k\n  api_secret: ${SECRET}\n"
BYNDER = """bynder:
  credentials: {bynder: {host: acme.bynder.com, permanent_token: "${TOKEN}"}}
  metaproperty_mappings: {sku: product_identifier, asset_type: asset_type}
"""
ENVIRONMENT = {"TOKEN": "token", "SECRET": SECRET}
Read = Callable[[str], SyncConfiguration]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    def read(text: str) -> SyncConfiguration:
        path = tmp_path / "sync.yaml"
        path.write_text(text)
        return read_sync_settings(path, ENVIRONMENT)

    return read


def refusal(read: Read, text: str) -> str:
    with pytest.raises(SettingsError) as error:
        read(text)
    return str(error.value)


def test_the_defaults_are_those_of_the_workflow(read: Read) -> None:
    settings = read(AKENEO + CLOUDINARY).cloudinary

    assert settings is not None
    assert (settings.fields.status, settings.retry.max_results, settings.retry.max_parallel) == (
        "akeneo_status",
        100,
        4,
    )
    assert settings.retry.schedule == Cron("0", "10", "*", "*", "*", "*")
    assert (settings.sku_policy, settings.on_sku_change, settings.resource_types) == ("reject", "keep", ("image",))


def test_a_secret_comes_from_the_environment_whatever_its_characters(read: Read) -> None:
    settings = read(AKENEO + CLOUDINARY)

    assert settings.cloudinary is not None
    assert settings.cloudinary.api_secret.get_secret_value() == SECRET
    assert SECRET not in repr(settings)


WRONG = [
    (AKENEO, "cloudinary: expected cloudinary, bynder or both"),
    (CLOUDINARY, "akeneo: field required"),
    (AKENEO + CLOUDINARY + "  sku_polcy: reject\n", "cloudinary.sku_polcy: no such setting; did you mean sku_policy?"),
    (AKENEO + CLOUDINARY + "  sku_policy: maybe\n", "cloudinary.sku_policy: "),
    (AKENEO + CLOUDINARY + "  retry: {schedule: '0 10 * * *'}\n", "cloudinary.retry.schedule: expected six fields"),
    (AKENEO + CLOUDINARY + "  retry: {schedule: '0 10 L * ? *'}\n", "cloudinary.retry.schedule: day: 'L'"),
    (AKENEO + CLOUDINARY + "  retry: {schedule: '0 10 31 2 ? *'}\n", "cloudinary.retry.schedule: expected a day"),
    (AKENEO + CLOUDINARY + "  retry: {expression: 'a=\"b'}\n", "cloudinary.retry: expression: expected a search"),
    (AKENEO + CLOUDINARY + "  report: {recipients: nobody}\n", "cloudinary.report.recipients.0: expected an address"),
    (AKENEO + CLOUDINARY + "  report: {recipients: a@b.c}\n", "smtp: expected host and sender"),
    (AKENEO + CLOUDINARY + "  report: {recipients: a@b.c, time: 10:00}\n", "cloudinary.report.time: expected a time"),
    (AKENEO + CLOUDINARY.replace("SECRET", "OTHER"), "cloudinary.api_secret: expected the environment variable OTHER"),
    (AKENEO + CLOUDINARY.replace("SECRET", "a b"), "cloudinary.api_secret: expected ${NAME}"),
    (AKENEO + CLOUDINARY + "  cloud_name: again\n", "expected YAML at line 7 'cloud_name' is there twice"),
    (AKENEO + "cloudinary: [", "expected YAML at line"),
    (AKENEO + BYNDER + "  sortable_asset_type_metaproperty_mappings: {a: b}\n", "bynder: sortable_asset_type_metapro"),
    (AKENEO + BYNDER + "  enrichment_metaproperty_locale_mappings: {a: en_US}\n", "bynder: enrichment_metaproperty_lo"),
    (AKENEO + BYNDER.replace("asset_type: asset_type", ""), "bynder.metaproperty_mappings.asset_type: field required"),
    ("- a\n", "expected a mapping"),
    ("", "expected a mapping"),
]


@pytest.mark.parametrize(("text", "expected"), WRONG)
def test_a_wrong_file_is_refused_in_one_line_without_a_secret(read: Read, text: str, expected: str) -> None:
    said = refusal(read, text)

    assert expected in said
    assert said.isprintable()
    assert SECRET not in said


def test_without_a_file_the_variable_is_named(tmp_path: Path) -> None:
    for path in (None, tmp_path / "not there.yaml", tmp_path):
        with pytest.raises(SettingsError, match="MEDIA_PROXY_SYNC__CONFIG"):
            read_sync_settings(path, {})


def test_every_setting_has_its_row_in_the_documentation() -> None:
    section = Path("docs/sync.md").read_text().partition("\n## Settings\n")[2].partition("\n## ")[0]
    rows = [line.split("|")[1] for line in section.splitlines() if line.startswith("| `")]

    assert sorted(name for row in rows for name in re.findall(r"`([^`]+)`", row)) == setting_names()


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        ("0/15 8-10 ? JAN,jul 2-6 2027", ("0,15,30,45", "8,9,10", "*", "1,7", "mon,tue,wed,thu,fri", "2027")),
        ("5 * 1 */6 ? *", ("5", "*", "1", "1,7", "*", "*")),
        ("0 0 ? * FRI-MON *", ("0", "0", "*", "*", "sun,mon,fri,sat", "*")),
        ("0 0 * * 1 *", ("0", "0", "*", "*", "sun", "*")),
    ],
)
def test_the_six_fields_are_those_of_eventbridge(text: str, fields: tuple[str, ...]) -> None:
    assert Cron.parse(text) == Cron(*fields)


@pytest.mark.parametrize(
    "text",
    ["? 1 * * ? *", "60 1 * * ? *", "1 1 1 * 1 *", "1 1 * * 8 *", "1 5-2 * * ? *", "1 1 15W * ? *", "1 1 ? * 2#1 *"],
)
def test_what_is_no_such_schedule_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        Cron.parse(text)


@given(some.text())
def test_any_text_is_a_schedule_or_a_polite_refusal(text: str) -> None:
    with suppress(ValueError):
        assert Cron.parse(text).fields
