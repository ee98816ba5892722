"""`media-proxy explain`: what a person or a script is told of a URL."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from proxy.cli import main
from proxy.imagekit.signature import signed
from proxy.pixels.processes import Processes

PATH = "media-files/1/2/a/b/12ab_mug.jpg"
KEY = "private_example_key"
COMMANDS = Path("docs/commands.md")
Explain = Callable[..., dict[str, Any]]


@pytest.fixture(autouse=True)
def akeneo(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("MEDIA_PROXY_AKENEO__URL", "http://pim.example.com")
    monkeypatch.setenv("MEDIA_PROXY_AKENEO__ACCESS_TOKEN", "t")
    monkeypatch.setenv("MEDIA_PROXY_CACHE__DIRECTORY", str(tmp_path))


@pytest.fixture(autouse=True)
def one_nursery(monkeypatch: pytest.MonkeyPatch, processes: Processes) -> None:
    """The command starts one each time, which takes longer than all that it tells: see tests/web/test_explained.py."""
    monkeypatch.setattr("proxy.pixels.pool.Processes", lambda *_, **__: processes)


@pytest.fixture
def explain(capsys: pytest.CaptureFixture[str]) -> Explain:
    def explain(url: str, *options: str, status: int = 0) -> dict[str, Any]:
        assert main(["explain", url, "--json", *options]) == status
        facts: dict[str, Any] = json.loads(capsys.readouterr().out)
        return facts

    return explain


def sizes(facts: dict[str, Any]) -> list[str | None]:
    return [step["size"] for step in facts["steps"]]


def test_each_step_tells_its_size(explain: Explain) -> None:
    facts = explain(f"https://img.example.com/tr:w-400,h-300:rt-90/{PATH}", "--size", "1000x600")

    assert facts["source"] == PATH
    assert facts["plan"] == "rt-auto:w-400,h-300:rt-90,f-auto"
    assert [step["step"] for step in facts["steps"]] == ["original", "w-400,h-300", "rt-90"]
    assert sizes(facts) == ["1000x600", "400x300", "300x400"]


def test_without_a_size_the_steps_are_told(explain: Explain) -> None:
    assert sizes(explain(f"/tr:w-400,h-300:rt-90/{PATH}")) == [None, None]


def test_what_depends_on_the_pixels_is_left_open(explain: Explain) -> None:
    assert sizes(explain(f"/tr:w-400:t-true:w-100/{PATH}", "--size", "800x600")) == ["800x600", "400x300", None, None]


def test_the_branch_that_is_taken_is_told(explain: Explain) -> None:
    facts = explain(f"/tr:if-ar_gt_1,w-200,if-else,w-300,if-end/{PATH}", "--size", "1000x600")

    assert facts["steps"][1] == {"step": "w-200", "size": "200x120"}


@pytest.mark.parametrize(
    ("steps", "told"),
    {
        "if-w_gt_5000,w-200,if-end:w-300": ["w-300 500"],
        "if-w_gt_5,w-500:rt-90,if-end:t-true:w-100": ["w-500 833", "rt-90 500", "t-10", "w-100"],
        "t-true:if-w_gt_5,w-200,if-end": ["t-10", "if-w_gt_5,w-200,if-end"],
    }.items(),
)
def test_every_step_is_told_once_whichever_branches_are_taken(explain: Explain, steps: str, told: list[str]) -> None:
    first, *others = explain(f"/tr:{steps}/{PATH}", "--size", "600x1000")["steps"]

    assert first == {"step": "original", "size": "600x1000"}
    heights = [f"{step['step']} {(step['size'] or 'x').partition('x')[2]}".rstrip() for step in others]
    assert heights == told


def test_a_branch_that_is_taken_has_its_word_on_the_output(explain: Explain) -> None:
    url = f"/tr:q-70:if-ar_gt_1,w-200,f-png,q-50,if-else,f-orig,if-end/{PATH}"

    wide, tall, unknown = [explain(url, *size)["output"] for size in (("--size", "9x5"), ("--size", "5x9"), ())]

    assert (wide["format"], wide["negotiated_among"], wide["quality"]) == ("png", None, 50)
    assert (tall["format"], tall["negotiated_among"], tall["quality"]) == ("orig", None, 70)
    assert (unknown["format"], unknown["negotiated_among"], unknown["quality"]) == ("auto", ["webp"], 70)


def test_what_has_no_effect_is_told_with_its_reason(explain: Explain) -> None:
    facts = explain(f"/tr:w-400,foo-3,w-auto,dpr-9,fo-face/{PATH}")

    assert {note["part"]: note["why"] for note in facts["ignored"]} == {
        "foo-3": "there is no such parameter here",
        "w-auto": "the viewer does not tell",
        "dpr-9": "expected a number from 0.1 to 5, or an expression such as iw_div_2, or auto",
    }
    assert [note["part"] for note in facts["simplified"]] == ["fo-face"]
    assert facts["varies_with"] == ["Sec-CH-Width", "Width", "Sec-CH-DPR", "DPR"]


def test_a_family_that_is_not_there_is_told(explain: Explain) -> None:
    texts = [
        f"l-text,i-a,ff-{font},l-end"
        for font in ("Comic%20Sans", "PT_Serif", "oldstandard", "a@@b.ttf", "Comic%20Sans")
    ]

    assert explain(f"/tr:{','.join(texts)}/{PATH}")["simplified"] == [
        {"part": "ff-Comic Sans", "why": "there is no such font; the default one is taken"}
    ]


@pytest.mark.parametrize(
    ("url", "error"),
    [
        (f"/tr:w-abc/{PATH}", {"status": 400, "part": "w-abc"}),
        (f"/tr:n-none/{PATH}", {"status": 400, "part": "n-none"}),
        ("/tr:w-3/elsewhere/a.jpg", {"status": 404, "code": "ENOENT"}),
        (f"/tr:cm-extract,w-900,h-90/{PATH}", {"status": 400, "code": "EINVAL"}),
        (f"/tr:w-60000/{PATH}", {"status": 400, "code": "ELIMIT"}),
    ],
)
def test_what_would_be_refused_names_the_part(explain: Explain, url: str, error: dict[str, Any]) -> None:
    facts = explain(url, "--size", "100x100", status=1)

    assert {name: facts["error"][name] for name in error} == error


def test_the_verdict_on_a_signature_is_told(explain: Explain, monkeypatch: pytest.MonkeyPatch) -> None:
    good, late = signed(PATH, KEY), signed(PATH, KEY, expires_at=1)
    keyless = explain(f"/{good}")["signature"]
    monkeypatch.setenv("MEDIA_PROXY_SIGNING__PRIVATE_KEY", KEY)
    monkeypatch.setenv("MEDIA_PROXY_SIGNING__REQUIRED", "true")

    targets = {good: 0, late: 1, f"{PATH}?ik-s=0": 1, PATH: 1}
    verdicts = [explain(f"/{target}", status=status)["signature"] for target, status in targets.items()]

    assert keyless == "not looked at: there is no key"
    assert verdicts == [
        "valid",
        "refused: the URL has expired",
        "refused: the signature does not fit the URL",
        "refused: expected a signed URL",
    ]


def test_a_default_image_that_nobody_can_see_has_no_effect(explain: Explain) -> None:
    good, none = [explain(f"/tr:w-9,di-{path}/{PATH}") for path in ("media-files@@a.png", "logos@@a.png")]

    assert (good["default_image"], good["ignored"]) == ("media-files/a.png", [])
    assert [note["part"] for note in none["ignored"]] == ["di-logos/a.png"]


def test_where_no_file_can_be_the_default_image_is_explained(
    explain: Explain, capsys: pytest.CaptureFixture[str]
) -> None:
    url = "/tr:w-9,di-media-files@@a.png/media-files/no-such-file.jpg"
    facts = explain(url)
    main(["explain", url])

    assert (facts["source"], facts["source_is_default_image"]) == ("media-files/a.png", True)
    assert "source      media-files/a.png, the default image: no file can have this path\n" in capsys.readouterr().out


def test_the_formats_follow_the_viewer(explain: Explain) -> None:
    url = f"/tr:w-30/{PATH}"

    assert explain(url)["output"]["negotiated_among"] == ["webp"]
    assert explain(url, "--accept", "*/*")["output"]["negotiated_among"] == []
    assert explain(f"/tr:f-png/{PATH}")["output"]["negotiated_among"] is None


def test_a_placeholder_is_json_for_everybody(explain: Explain) -> None:
    facts = explain(f"/tr:w-30/{PATH}/mp-lqip.json")

    assert (facts["source"], facts["output"]["format"], facts["output"]["negotiated_among"]) == (PATH, "json", None)


def test_it_is_told_what_becomes_of_avif(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MEDIA_PROXY_OUTPUT__AUTO_AVIF", "true")
    monkeypatch.setenv("MEDIA_PROXY_OUTPUT__DEFER_AVIF", "true")
    monkeypatch.setenv("MEDIA_PROXY_OUTPUT__AVIF_MAX_PIXELS", "2000000")

    main(["explain", f"/tr:w-400/{PATH}"])

    lines = capsys.readouterr().out.splitlines()
    assert "avif        up to 2000000 pixels; drawn behind the first viewer" in lines
    assert "rendition   not here" in lines


def test_the_viewers_hints_may_be_given(explain: Explain) -> None:
    facts = explain(f"/tr:w-auto/{PATH}", "--header", "Sec-CH-Width: 212")

    assert facts["plan"] == "rt-auto:w-300,f-auto"


def test_every_field_is_documented(explain: Explain) -> None:
    fields = {
        *explain(f"/tr:w-9/{PATH}"),
        *explain(f"/tr:w-x/{PATH}", status=1),
        *explain("/products/mug/picture"),
        *explain(f"/mp-lqip.json?path={PATH}"),
    }

    table = COMMANDS.read_text().partition("## What `explain --json` tells")[2]
    names = " ".join(row.split("|")[1] for row in table.splitlines() if row.startswith("| `"))

    assert set(re.findall(r"`(\w+)`", names)) == fields


def test_a_wrong_setting_is_named_rather_than_passed_over(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MEDIA_PROXY_AKENEO__URL", "ftp://pim")

    assert main(["explain", f"/{PATH}"]) == 2

    assert capsys.readouterr().err.startswith("media-proxy: MEDIA_PROXY_AKENEO__URL: ")


def test_a_person_reads_lines(capsys: pytest.CaptureFixture[str]) -> None:
    url = f"https://img.example.com/tr:w-400,foo-3/{PATH}"

    assert main(["explain", url, "--size", "1000x600"]) == 0

    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "endpoint    /, from akeneo"
    assert "ignored     foo-3: there is no such parameter here" in lines
    assert "            w-400 -> 400x240" in lines
    assert lines[-1].startswith("cache key   ")


def test_a_person_is_told_what_a_path_looks_like(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "https://img.example.com/robots.txt"]) == 1

    answer = (
        "answer      404 ENOENT: no such media path, expected a media path such as media-files/1/2/a/b/12ab_mug.jpg\n"
    )
    assert answer in capsys.readouterr().out


def test_without_an_akeneo_the_language_is_explained_all_the_same(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("MEDIA_PROXY_AKENEO__URL")
    monkeypatch.delenv("MEDIA_PROXY_AKENEO__ACCESS_TOKEN")

    assert main(["explain", f"/tr:w-400/{PATH}"]) == 0

    assert capsys.readouterr().out.splitlines()[-1] == "cache key   unknown: no Akeneo is set"
