"""An endpoint: where its pictures come from, what its settings say of signatures and names, and its folder."""

import asyncio
import os
from pathlib import Path

from proxy.commands.checking.findings import Group, Step, Trouble, Verdict, warning
from proxy.errors import SettingsError
from proxy.imagekit.endpoints import check_names
from proxy.settings import Endpoint


def endpoint_group(endpoint: Endpoint) -> Group:
    name = "/".join(part for part in (endpoint.host or "", endpoint.prefix) if part) or "/"

    async def signatures() -> Verdict:
        keys = len(endpoint.signing.keys)
        if endpoint.signing.required:
            return Verdict(f"required; keys: {keys}")
        return Verdict(f"checked where there is one; keys: {keys}" if keys else "none: no key is set")

    async def origins() -> Verdict:
        return Verdict(", ".join(endpoint.connections) or "no Akeneo, the folder alone")

    async def names() -> Verdict:
        try:
            check_names([endpoint])
        except SettingsError as error:
            raise Trouble(str(error), "Correct it: the server does not start with it.") from None
        return Verdict(", ".join(endpoint.named_transformations))

    steps = [Step("origins", origins), Step("signatures", signatures)]
    if endpoint.named_transformations:
        steps.append(Step("named transformations", names))
    if endpoint.folder is not None:
        directory = endpoint.folder
        steps.append(Step("folder", lambda: asyncio.to_thread(folder_verdict, directory)))
    return Group(f"Endpoint {name}", steps)


def folder_verdict(directory: Path) -> Verdict:
    try:
        with os.scandir(directory) as entries:
            count = sum(1 for _ in entries)
    except OSError as error:
        repair = "Let the user of the server read and enter MEDIA_PROXY_FOLDER__DIRECTORY."
        raise Trouble(f"{directory} cannot be read: {error.strerror}", repair) from None
    if not count:
        return warning(f"{directory} is empty", "Is something to be mounted there?")
    return Verdict(f"{directory} can be read")
