"""Secrets appear nowhere."""

import pytest

from proxy.errors import SettingsError
from tests.configuration.access import SECRET, Read, Refusal


def test_secrets_appear_in_no_text_of_the_settings(read: Read) -> None:
    settings = read(
        AKENEO__ACCESS_TOKEN=SECRET,
        ADMIN_TOKEN=SECRET,
        SIGNING__PRIVATE_KEY=SECRET,
        SIGNING__PREVIOUS_KEYS=SECRET,
        CACHE__REDIS_URL=f"redis://:{SECRET}@redis",
        CACHE__OBJECT_STORE_URL="s3://shop-media",
        CACHE__OBJECT_STORE_ACCESS_KEY_ID=SECRET,
        CACHE__OBJECT_STORE_SECRET_ACCESS_KEY=SECRET,
    )

    texts = [
        repr(settings),
        str(settings),
        f"{settings.akeneo}",
        str(settings.model_dump()),
        settings.model_dump_json(),
    ]

    assert not [text for text in texts if SECRET in text]


@pytest.mark.parametrize("name", ["PORT", "AKENEO__QUEUE", "AKENEO__URL", "CACHE__DISK_BYTES", "LOG__LEVEL", "SECRET"])
def test_a_secret_in_the_wrong_place_is_not_repeated(refusal: Refusal, name: str) -> None:
    assert SECRET not in refusal(**{name: SECRET})


def test_a_refusal_carries_no_secret_in_what_caused_it(read: Read) -> None:
    with pytest.raises(SettingsError) as error:
        read(PORT=SECRET)

    assert error.value.__cause__ is None
    assert error.value.__suppress_context__
