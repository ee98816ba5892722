"""What an answer of a PIM, or of something that stands where one should be, means to an operator."""

from urllib.parse import urlsplit

from proxy.commands.checking.findings import Trouble

API = "/api/rest/v1"
SCREEN = "In the PIM: Connect > Connection settings (up to 3.x: System > API connections)."
WEB_API = "In the PIM, give the role of the connection's user the right 'Overall Web API access'."
# How Akeneo's own sentences about credentials begin (akeneo-api, 1.3).
REFUSALS = {
    'Parameter "client_id"': (
        "the client id or the secret is wrong",
        "Copy {prefix}CLIENT_ID and {prefix}SECRET anew. If they are right, a web server in front of Akeneo takes the "
        "Authorization header away (Apache needs CGIPassAuth or a rewrite rule).",
    ),
    "No user found": (
        "the user name or the password is wrong, or the user is disabled",
        "Copy {prefix}USERNAME and {prefix}PASSWORD anew; the PIM shows a password only once.",
    ),
    "This grant type": (
        "this client may not log in with a password",
        "Make a connection with the flow type 'other', and use its four credentials.",
    ),
}


def credentials_refused(status: int, said: str, prefix: str) -> Trouble:
    """422 is how Akeneo says it."""
    for beginning, (told, repair) in REFUSALS.items():
        if said.startswith(beginning):
            return Trouble(f"{told} ({status})", f"{repair} {SCREEN}".format(prefix=prefix))
    if status == 422:
        return Trouble(f"Akeneo refuses the credentials (422): {said}", SCREEN)
    return wrong_place(status, "", said, prefix)


def wrong_place(status: int, location: str, said: str, prefix: str) -> Trouble:
    """An answer that no Akeneo gives there."""
    name = f"{prefix}URL"
    if 300 <= status < 400:
        return redirected(status, location, name)
    if status in {404, 410}:
        return Trouble(
            f"there is no Akeneo at this address ({status})",
            f"Check {name}: it is the address of the PIM's start page, a path prefix included, without {API}.",
        )
    if status in {401, 403}:
        return Trouble(
            f"something in front of Akeneo wants credentials of its own ({status}) {said}".strip(),
            "Let this machine pass by the log-in of that gateway, at least below /api/.",
        )
    if status == 429:
        return Trouble("too many calls at this moment (429)", "Try again in a minute; who else calls this Akeneo?")
    if status >= 500:
        return Trouble(
            f"Akeneo, or a gateway in front of it, fails ({status}) {said}".strip(),
            "Does the PIM's own user interface work? Its logs know more.",
        )
    return Trouble(f"this is not how Akeneo answers ({status}) {said}".strip(), f"Check {name}.")


def redirected(status: int, location: str, name: str) -> Trouble:
    """A token is never sent after a redirect, so the address itself has to be the right one."""
    to = urlsplit(location)
    if "login" in to.path:
        return Trouble(
            f"the log-in page answers ({status})",
            f"Check {name}: it is the address of the PIM's start page, a path prefix included, and nothing behind it.",
        )
    base = f"{to.scheme}://{to.netloc}{to.path.partition('/api/')[0]}".rstrip("/") if to.netloc else ""
    repair = f"Set {name} to {base}, if that is your Akeneo." if base else f"Check {name}, its scheme above all."
    return Trouble(f"redirected elsewhere ({status}), which is never followed", repair)


def no_json(prefix: str) -> Trouble:
    """A 200 that is a page."""
    return Trouble(
        "a web page answers, not Akeneo's API",
        f"Check {prefix}URL: it is the address of the PIM's start page. A gateway's log-in page looks like this, too.",
    )
