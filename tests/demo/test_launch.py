"""The URLs that the demo prints, and the process in which its PIM runs."""

from urllib.parse import unquote

import httpx

from proxy.demo.launch import connection, demo_urls, pim_process
from proxy.demo.pictures import sample, sample_files
from proxy.demo.pim import DemoPim
from proxy.demo.routes import download_path


def test_a_url_is_whole_and_clickable() -> None:
    shown = dict(demo_urls("http://127.0.0.1:8080/"))

    coffee = f"media-files/{sample('coffee').code}"
    assert f"http://127.0.0.1:8080/tr:w-300,h-200/{coffee}" in shown
    assert f"http://127.0.0.1:8080/{coffee}?tr=w-300,h-200" in shown
    assert all(" " not in url and unquote(url).isprintable() for url in shown)


def test_every_sample_is_shown_and_no_url_twice() -> None:
    urls = [url for url, _ in demo_urls("http://127.0.0.1:8080")]

    assert len(set(urls)) == len(urls)
    for file in sample_files():
        assert any(f"/{file.family}/{file.code}" in url for url in urls), file.original_filename


async def test_the_connection_is_the_proxys_environment() -> None:
    async with DemoPim() as pim:
        environment = connection(pim)

    assert environment["MEDIA_PROXY_AKENEO__URL"] == pim.url
    assert {name.rpartition("__")[2] for name in environment} == {
        "URL",
        "CLIENT_ID",
        "SECRET",
        "USERNAME",
        "PASSWORD",
    }


def test_the_process_serves_the_samples_and_ends_with_its_block() -> None:
    with pim_process() as environment:
        setting = {name.rpartition("__")[2].lower(): value for name, value in environment.items()}
        with httpx.Client(base_url=setting["url"], trust_env=False) as http:
            asked = {"grant_type": "password", "username": setting["username"], "password": setting["password"]}
            basic = (setting["client_id"], setting["secret"])
            token = http.post("/api/oauth/v1/token", json=asked, auth=basic).json()["access_token"]
            coffee = sample("coffee")
            path = download_path(coffee.family, coffee.code)
            answer = http.get(path, headers={"Authorization": f"Bearer {token}"})

    assert answer.content == coffee.content
