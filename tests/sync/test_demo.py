"""`media-proxy demo --sync`, as a visitor walks it."""

import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port


def seen_on(page: str, words: str) -> str:
    """The page, once it shows them."""
    end = time.monotonic() + 60
    while time.monotonic() < end:
        shown = httpx.get(page).text
        if words in shown:
            return shown
        time.sleep(0.05)
    raise AssertionError(shown)


def test_a_visitor_changes_a_status_and_sees_link_and_picture(tmp_path: Path) -> None:
    port, admin = free_port(), free_port()
    environment = {**os.environ, "MEDIA_PROXY_PORT": str(port), "MEDIA_PROXY_ADMIN_PORT": str(admin)}
    environment |= {"MEDIA_PROXY_RENDER__WORKERS": "1", "MEDIA_PROXY_LOG__LEVEL": "warning"}
    command = [sys.executable, "-m", "proxy.cli", "demo", "--sync"]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as demo:
        try:
            assert demo.stdout is not None
            page = demo.stdout.readline().partition("  ")[0]
            status = demo.stdout.readline().partition("  ")[0]
            demo.stdout.readline()  # the first picture: it is ready

            assert httpx.post(f"{page}cloudinary", data={"status": "requires_link"}).status_code == 303
            linked = seen_on(page, '<b id="status">linked</b>')
            assert "MUG01__" in linked
            httpx.post(f"{page}cloudinary", data={"status": "requires_unlink"})
            assert "(nothing)" in seen_on(page, '<b id="status">(none)</b>')

            httpx.post(f"{page}bynder")
            given = seen_on(page, "/tr:w-300/media-files/")
            url = given.partition(f"http://127.0.0.1:{port}/tr:")[2].partition('"')[0]
            picture = httpx.get(f"http://127.0.0.1:{port}/tr:{url}", timeout=30)
            assert (picture.status_code, picture.headers["Content-Type"].partition("/")[0]) == (200, "image")
            assert "bynder import-assets" in httpx.get(status).text
        finally:
            demo.terminate()
            demo.wait(30)
