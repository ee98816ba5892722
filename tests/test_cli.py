"""The command, as a person at a terminal meets it."""

import subprocess
import sys
from pathlib import Path

import pytest

from proxy.cli import main
from proxy.imagekit.signature import IMAGEKIT, claim_of, verify

URL = "https://img.example.com/tr:w-320,h-240/media-files/1/2/a/b/12ab_mug.jpg"
KEY = "private_example_key"


def test_sign_prints_what_imagekits_sdk_would(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MEDIA_PROXY_SIGNING__PRIVATE_KEY", KEY)

    assert main(["sign", URL]) == 0

    assert capsys.readouterr().out == f"{URL}?ik-s=ae3fcd3135d9e9a9751af7218e81b9e22e37354d\n"


@pytest.mark.parametrize("options", [["--expires", "1h"], ["--strong"], ["--expires", "7d", "--strong"]])
def test_what_sign_prints_is_accepted(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, options: list[str]
) -> None:
    monkeypatch.setenv("MEDIA_PROXY_SIGNING__PRIVATE_KEY", KEY)

    main(["sign", URL, *options])

    remainder = capsys.readouterr().out.strip().removeprefix("https://img.example.com/")
    assert verify(remainder, [KEY], required=True)


def test_what_sign_prints_is_a_url_that_any_client_sends_as_it_is(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MEDIA_PROXY_SIGNING__PRIVATE_KEY", KEY)

    main(["sign", f"{URL}?tr=l-text,i-Größe%20L,ff-Open Sans,l-end"])

    url = capsys.readouterr().out.strip()
    assert "?tr=l-text,i-Gr%C3%B6%C3%9Fe%20L,ff-Open%20Sans,l-end&ik-s=" in url
    remainder = url.removeprefix("https://img.example.com/")
    claim = claim_of(remainder)
    assert claim is not None
    assert claim.signature == IMAGEKIT.sign(KEY, claim.remainder, None)


def test_sign_takes_the_key_of_the_endpoint(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    config = tmp_path / "shops.toml"
    config.write_text('[[endpoints]]\nprefix = "shop"\nsigning = { private_key = "theirs" }\n')
    rest = "tr:w-3/media-files/1/2/a/b/12ab_mug.jpg"

    assert main(["sign", f"https://img.example.com/shop/{rest}", "--config", str(config)]) == 0
    assert main(["sign", f"https://img.example.com/{rest}", "--config", str(config)]) == 2

    out, err = capsys.readouterr()
    assert verify(out.strip().removeprefix("https://img.example.com/shop/"), ["theirs"], required=True)
    assert err == "media-proxy: expected a URL that one of the endpoints answers: no such path\n"


def test_a_missing_key_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sign", URL]) == 2

    assert capsys.readouterr().err == "media-proxy: expected MEDIA_PROXY_SIGNING__PRIVATE_KEY\n"


def test_where_nobody_answers_a_purge_has_failed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["purge", "media-files/a.jpg", "--admin", "http://127.0.0.1:1"]) == 1

    assert "no admin port of a media-proxy answers at http://127.0.0.1:1/" in capsys.readouterr().err


@pytest.mark.parametrize("admin", ["127.0.0.1:8081", "http://host/path", "ftp://host"])
def test_a_purge_has_to_know_the_admin_port(capsys: pytest.CaptureFixture[str], admin: str) -> None:
    assert main(["purge", "media-files/a.jpg", "--admin", admin]) == 2

    assert capsys.readouterr().err == "media-proxy: --admin: expected http://host:port\n"


def test_any_free_port_is_none_to_call(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MEDIA_PROXY_ADMIN_PORT", "0")

    assert main(["purge", "media-files/a.jpg"]) == 2

    assert "MEDIA_PROXY_ADMIN_PORT" in capsys.readouterr().err


def test_wrong_settings_stop_the_start_with_one_line() -> None:
    environment = {"MEDIA_PROXY_AKENEO__URL": "https://pim.example.com", "MEDIA_PROXY_AKENEO__SECRET": "s3cret"}
    command = [sys.executable, "-m", "proxy.cli", "serve"]

    ended = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)

    assert ended.returncode == 2
    assert ended.stderr.count("\n") == 1
    assert "MEDIA_PROXY_AKENEO" in ended.stderr
    assert "s3cret" not in ended.stderr


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        (f"{URL}?ik-s=abc", "expected a URL without a signature"),
        ("https://img.example.com/elsewhere.jpg", "expected a URL that one of the endpoints answers"),
        (URL.replace("w-320", "w-abc"), "expected a URL that one of the endpoints answers: w-abc: expected pixels"),
    ],
)
def test_what_would_not_be_answered_is_not_signed(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, url: str, expected: str
) -> None:
    monkeypatch.setenv("MEDIA_PROXY_SIGNING__PRIVATE_KEY", KEY)

    assert main(["sign", url]) == 2

    assert capsys.readouterr().err.startswith(f"media-proxy: {expected}")


@pytest.mark.parametrize("command", ["sign", "explain", "purge"])
def test_a_url_that_is_no_text_is_refused_in_a_line(capsys: pytest.CaptureFixture[str], command: str) -> None:
    with pytest.raises(SystemExit) as ended:
        main([command, "http://h/media-files/\udcff.jpg"])

    assert ended.value.code == 2
    assert "expected text in UTF-8" in capsys.readouterr().err
