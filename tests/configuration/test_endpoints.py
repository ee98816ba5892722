"""Settings of endpoints and further connections, which the file describes."""

from pathlib import Path

import pytest

from proxy.configuration import read_settings
from proxy.errors import SettingsError
from proxy.settings import Settings
from tests.configuration.access import Read, Refusal

AKENEO = {"AKENEO__URL": "https://pim.example.com", "AKENEO__ACCESS_TOKEN": "t"}


@pytest.fixture
def read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Read:
    """Settings from such a file and these variables."""

    def read(text: str, fixed: dict[str, str] | None = None, /, **variables: str) -> Settings:
        file = tmp_path / "media-proxy.toml"
        file.write_text(text)
        for name, value in (AKENEO | variables).items():
            monkeypatch.setenv(f"MEDIA_PROXY_{name}", value)
        return read_settings(file, fixed)

    return read


@pytest.fixture
def refusal(read: Read) -> Refusal:
    def refusal(text: str, /, **variables: str) -> str:
        with pytest.raises(SettingsError) as error:
            read(text, **variables)
        return str(error.value)

    return refusal


SHOPS = """
named_only = true
canonical_base_url = "https://img.example.com"
[named_transformations]
thumb = "w-100"
[output]
quality = 70
auto_avif = true
[connections.brand]
url = "https://brand.example.com"
client_id = "1_a"
username = "brand"
secret = "s"
[folder]
directory = "/usr"
[[endpoints]]
prefix = "/brand/"
connections = ["brand", "akeneo"]
named_only = false
output = { quality = 60 }
signing = { private_key = "k", required = true }
named_transformations = { wide = "w-900" }
[[endpoints]]
host = "IMG.example.com"
"""


def test_an_endpoint_says_what_differs_and_inherits_the_rest(read: Read) -> None:
    settings = read(SHOPS, CONNECTIONS__BRAND__PASSWORD="from the environment")

    brand, hosted = settings.all_endpoints

    assert (brand.prefix, brand.host, brand.connections) == ("brand", None, ("brand", "akeneo"))
    assert (hosted.prefix, hosted.host, hosted.connections) == ("", "img.example.com", ("akeneo", "brand"))
    assert (brand.output.quality, brand.output.auto_avif, hosted.output.quality) == (60, True, 70)
    assert (brand.named_only, hosted.named_only) == (False, True)
    assert (dict(brand.named_transformations), dict(hosted.named_transformations)) == (
        {"thumb": "w-100", "wide": "w-900"},
        {"thumb": "w-100"},
    )
    assert (brand.signing.keys, hosted.signing.keys) == (["k"], [])
    assert (brand.folder, hosted.canonical_base_url) == (Path("/usr"), "https://img.example.com")
    assert settings.all_connections["brand"].password.get_secret_value() == "from the environment"


WRONG_SHOPS = [
    ('prefix = "/brand/"', 'prefix = "tr:w-3"', "MEDIA_PROXY_ENDPOINTS__0__PREFIX: expected letters"),
    ('prefix = "/brand/"', 'prefix = "media-files"', "MEDIA_PROXY_ENDPOINTS__0__PREFIX: expected letters"),
    ('"IMG.example.com"', '"https://img.example.com"', "MEDIA_PROXY_ENDPOINTS__1__HOST: expected a host name"),
    ('["brand", "akeneo"]', '["brandt"]', "MEDIA_PROXY_ENDPOINTS__0__CONNECTIONS: expected names of akeneo, brand"),
    ('host = "IMG.example.com"', 'prefix = "brand"', "MEDIA_PROXY_ENDPOINTS__1: expected another prefix or host"),
    ("quality = 60", "quality = 0", "MEDIA_PROXY_ENDPOINTS__0__OUTPUT__QUALITY: "),
    ("named_only = false", "named_onyl = false", "MEDIA_PROXY_ENDPOINTS__0__NAMED_ONYL: no such setting"),
    ('directory = "/usr"', 'directory = "/none"', "MEDIA_PROXY_FOLDER__DIRECTORY: expected the absolute path"),
    ("[connections.brand]", "[connections.akeneo]", "MEDIA_PROXY_CONNECTIONS__AKENEO: "),
]


@pytest.mark.parametrize(("right", "wrong", "expected"), WRONG_SHOPS, ids=[row[1] for row in WRONG_SHOPS])
def test_what_is_wrong_with_an_endpoint_is_named(refusal: Refusal, right: str, wrong: str, expected: str) -> None:
    text = SHOPS.replace(right, wrong)
    name = "AKENEO" if "connections.akeneo" in text else "BRAND"

    assert text != SHOPS
    assert refusal(text, **{f"CONNECTIONS__{name}__PASSWORD": "p"}).startswith(expected)


def test_a_variable_of_a_connection_must_exist(refusal: Refusal) -> None:
    assert refusal("", CONNECTIONS__BRAND__PASSWROD="p").startswith(
        "MEDIA_PROXY_CONNECTIONS__BRAND__PASSWROD: expected"
    )


def test_the_demo_leads_every_endpoint_to_its_own_akeneo(read: Read) -> None:
    fixed = {"MEDIA_PROXY_AKENEO__URL": "http://demo", "MEDIA_PROXY_AKENEO__ACCESS_TOKEN": "t"}

    settings = read(SHOPS, fixed)

    assert {endpoint.connections for endpoint in settings.all_endpoints} == {("akeneo",)}


def test_an_endpoints_own_key_does_not_make_signatures_optional(read: Read) -> None:
    signing = '[signing]\nprivate_key = "common"\nrequired = true\n'
    settings = read(
        signing
        + '[[endpoints]]\nprefix = "a"\nsigning = { private_key = "own" }\n'
        + '[[endpoints]]\nprefix = "b"\nsigning = { required = false }\n'
    )

    own, open_to_all = settings.all_endpoints

    assert (own.signing.keys, own.signing.required) == (["own"], True)
    assert (open_to_all.signing.keys, open_to_all.signing.required) == (["common"], False)


def test_an_endpoint_may_require_what_the_common_key_signs(read: Read) -> None:
    text = '[[endpoints]]\nprefix = "a"\nsigning = { required = true }\n[[endpoints]]\nprefix = "b"\n'

    closed, open_to_all = read(text, SIGNING__PRIVATE_KEY="common").all_endpoints

    assert (closed.signing.keys, closed.signing.required) == (["common"], True)
    assert (open_to_all.signing.keys, open_to_all.signing.required) == (["common"], False)


def test_signatures_may_be_required_everywhere_with_a_key_for_each_endpoint(read: Read) -> None:
    text = '[[endpoints]]\nprefix = "a"\nsigning = { private_key = "own" }\n'

    (endpoint,) = read(text, SIGNING__REQUIRED="true").all_endpoints

    assert (endpoint.signing.keys, endpoint.signing.required) == (["own"], True)


REFUSED = [
    ("[signing]\nrequired = true\n", "MEDIA_PROXY_SIGNING: expected a PRIVATE_KEY"),
    ("[[endpoints]]\nsigning = { required = true }\n", "MEDIA_PROXY_ENDPOINTS__0__SIGNING: expected a PRIVATE_KEY"),
    (
        '[signing]\nprivate_key = "k"\nrequired = true\n[[endpoints]]\nsigning = { previous_keys = ["old"] }\n',
        "MEDIA_PROXY_ENDPOINTS__0__SIGNING: expected a PRIVATE_KEY",
    ),
    (
        '[connections.twin]\nurl = "http://pim.example.com"\naccess_token = "u"\n',
        "MEDIA_PROXY_CONNECTIONS: expected each",
    ),
    (
        "[[endpoints]]\nconnections = []\n",
        "MEDIA_PROXY_ENDPOINTS__0__CONNECTIONS: expected at least one name, or a folder",
    ),
    ('[folder]\ndirectory = ""\n', "MEDIA_PROXY_FOLDER__DIRECTORY: expected the absolute path"),
    ('[folder]\ndirectory = "/"\n', "MEDIA_PROXY_FOLDER__DIRECTORY: expected a directory that does not hold"),
    ('[[endpoints]]\nprefix = "a/media-files"\n', "MEDIA_PROXY_ENDPOINTS__0__PREFIX: expected"),
]


@pytest.mark.parametrize(("text", "expected"), REFUSED, ids=[row[1].partition(":")[0] for row in REFUSED])
def test_what_would_do_harm_stops_the_start(refusal: Refusal, text: str, expected: str) -> None:
    assert refusal(text).startswith(expected)


def test_a_list_of_keys_may_be_json(read: Read) -> None:
    settings = read("", SIGNING__PRIVATE_KEY="new\n", SIGNING__PREVIOUS_KEYS='["old", "older"]')

    assert settings.signing.keys == ["new", "old", "older"]


def test_a_variable_that_is_no_json_is_named(refusal: Refusal) -> None:
    assert refusal("", ENDPOINTS="x") == "MEDIA_PROXY_ENDPOINTS: expected JSON, or better a table in the file"


def test_what_viewers_may_do_is_inherited_word_by_word(read: Read) -> None:
    text = "[abuse]\nwidth_ladder = [640, 160]\n[[endpoints]]\nabuse = { new_renditions_per_minute = 9 }"

    (endpoint,) = read(text, ABUSE__TRUSTED_PROXIES="2").all_endpoints

    assert endpoint.abuse.width_ladder == (160, 640)
    assert (endpoint.abuse.new_renditions_per_minute, endpoint.abuse.trusted_proxies) == (9, 2)
