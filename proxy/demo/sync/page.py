"""A small page of the pretend DAMs: two buttons, and what became of them in the pretend Akeneo and in the proxy."""

from collections.abc import Awaitable, Callable
from html import escape

from aiohttp import web

from proxy.demo.sync.stage import SKU, Stage

STATUSES = {"requires_link": "Requires Link", "requires_unlink": "Requires Unlink"}
PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark"><meta http-equiv="refresh" content="3"><title>Pretend DAMs</title></head>
<body style="font:15px/1.5 system-ui,sans-serif;max-width:48rem;margin:1rem auto;padding:0 1rem">
<h1>Pretend DAMs</h1>
<h2>Cloudinary</h2>
<p><img src="{picture}" alt="A cup of espresso" width="160"></p>
<p>Akeneo Status: <b id="status">{status}</b></p>
{buttons}
<p>In Akeneo: <code id="link">{link}</code></p>
<h2>Bynder</h2>
{give}
<p>Product {sku} in Akeneo: <code id="code">{code}</code></p>
{proxied}
</body></html>
"""


def page_app(stage: Stage, proxy_url: str, wanted: Callable[[], Awaitable[object]]) -> web.Application:
    """`wanted` is awaited after a change in Bynder, which tells nobody by itself."""

    async def show(_: web.Request) -> web.Response:
        return web.Response(text=page_of(stage, proxy_url), content_type="text/html")

    async def status(request: web.Request) -> web.Response:
        chosen = str((await request.post()).get("status"))
        if chosen not in STATUSES:
            raise web.HTTPBadRequest
        stage.set_status(chosen)
        raise web.HTTPSeeOther("/")

    async def give(_: web.Request) -> web.Response:
        stage.give_to_product()
        await wanted()
        raise web.HTTPSeeOther("/")

    app = web.Application()
    app.router.add_get("/", show)
    app.router.add_post("/cloudinary", status)
    app.router.add_post("/bynder", give)
    return app


def page_of(stage: Stage, proxy_url: str) -> str:
    code = stage.media_code
    url = f"{proxy_url}/tr:w-300/media-files/{code}"
    buttons = "".join(
        button("/cloudinary", label, f'name="status" value="{value}"') for value, label in STATUSES.items()
    )
    return PAGE.format(
        picture=escape(stage.linked.secure_url, quote=True),
        status=escape(stage.status) or "(none)",
        buttons=buttons,
        link=escape(stage.link) or "(nothing)",
        give=button("/bynder", f"Give Chelsea the cat to {SKU}", ""),
        sku=SKU,
        code=escape(code) or "(no picture)",
        proxied=f'<p><img src="{escape(url, quote=True)}" alt="Through the proxy"></p>' if code else "",
    )


def button(action: str, label: str, fields: str) -> str:
    inner = f"<button {fields}>{escape(label)}</button>"
    return f'<form method="post" action="{action}" style="display:inline">{inner}</form> '
