"""The recipes for CDNs, run by Node.js where they are JavaScript: every browser falls into one of three kinds."""

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.deploy.files import DEPLOY
from tests.site import CHROME

CDN = DEPLOY / "cdn"
KINDS = {
    CHROME: "image/avif,image/webp",
    "image/avif,image/webp,image/png,image/svg+xml,image/*;q=0.8,*/*;q=0.5": "image/avif,image/webp",
    "image/webp,image/apng,image/*,*/*;q=0.8": "image/webp",
    "image/png,image/svg+xml,image/*;q=0.8,video/*;q=0.8,*/*;q=0.5": "*/*",
    "": "*/*",
}
EDGE = """
globalThis.fetch = async (request, options) => ({ headers: Object.fromEntries(request.headers), options });
const { default: worker } = await import(process.argv[1]);
const asked = JSON.parse(process.argv[2]);
const url = "https://img.example.com/tr:w-300/media-files/a.jpg";
const answers = asked.map((accept) => worker.fetch(new Request(url, { headers: { Accept: accept, Cookie: "a=1" } })));
console.log(JSON.stringify(await Promise.all(answers)));
"""
FUNCTION = """
const { readFileSync } = await import("node:fs");
const handler = new Function(readFileSync(process.argv[1], "utf8") + "; return handler;")();
const asked = JSON.parse(process.argv[2]);
const request = (accept) => ({ method: "GET", uri: "/a.jpg", headers: accept ? { accept: { value: accept } } : {} });
console.log(JSON.stringify(asked.map((accept) => handler({ request: request(accept) }))));
"""


def node(program: str, file: Path) -> Any:
    """What the program prints of each kind of Accept."""
    if not shutil.which("node"):
        pytest.skip("needs Node.js")
    command = ["node", "--input-type=module", "--eval", program, str(file), json.dumps(list(KINDS))]
    return json.loads(subprocess.run(command, capture_output=True, text=True, check=True, timeout=30).stdout)


def test_the_worker_of_cloudflare_reduces_accept() -> None:
    fetched = node(EDGE, CDN / "cloudflare-worker.js")

    assert [it["headers"]["accept"] for it in fetched] == list(KINDS.values())
    assert not [it for it in fetched if "cookie" in it["headers"]]
    assert fetched[0]["options"]["cf"]["vary"]["headers"]["accept"]["media_types"] == ["image/avif", "image/webp"]


def test_the_function_of_cloudfront_reduces_accept() -> None:
    requests = node(FUNCTION, CDN / "cloudfront-function.js")

    assert [it["headers"]["accept"]["value"] for it in requests] == list(KINDS.values())
    assert {it["uri"] for it in requests} == {"/a.jpg"}


def test_the_cache_policy_of_cloudfront_has_accept_and_the_query_in_its_key() -> None:
    policy = json.loads((CDN / "cloudfront-cache-policy.json").read_text(encoding="utf-8"))
    key = policy["ParametersInCacheKeyAndForwardedToOrigin"]

    assert key["HeadersConfig"] == {"HeaderBehavior": "whitelist", "Headers": {"Quantity": 1, "Items": ["Accept"]}}
    assert key["QueryStringsConfig"] == {"QueryStringBehavior": "all"}
    assert policy["MaxTTL"] == 31536000


def test_the_snippet_of_fastly_knows_the_same_kinds_in_the_same_order() -> None:
    snippet = (CDN / "fastly.vcl").read_text(encoding="utf-8")

    assert re.findall(r'~ "([^"]+)"', snippet) == ["image/avif", "image/webp"]
    assert re.findall(r'set req.http.Accept = "([^"]+)";', snippet) == list(dict.fromkeys(KINDS.values()))
    assert snippet.count("{") == snippet.count("}") == 3


def test_the_edge_of_nginx_knows_the_same_kinds() -> None:
    kinds = re.search(r"map \$http_accept \$formats \{(.*?)\}", (DEPLOY / "nginx/edge.conf").read_text(), re.DOTALL)

    assert kinds is not None
    assert set(re.findall(r'"([^"~]+)";', kinds[1])) == set(KINDS.values())
