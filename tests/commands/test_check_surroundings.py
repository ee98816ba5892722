"""`media-proxy check` of what stands around the server: certificates, directories, Redis, an object store, ports."""

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from io import StringIO
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from proxy.commands.checking.collector import collector_group
from proxy.commands.checking.directory import measure, try_directory
from proxy.commands.checking.endpoint import folder_verdict
from proxy.commands.checking.findings import Finding, Outcome, Secrets, Trouble, findings_of
from proxy.commands.checking.machine import MachineCheck, compiled, port_verdict, sandbox_verdict
from proxy.commands.checking.network import Way
from proxy.commands.checking.report import mark_of, write_group
from proxy.commands.checking.stores import ask_redis, store_groups
from proxy.commands.terminal import paint
from proxy.demo.pim import DemoPim
from proxy.native import library, turbojpeg
from proxy.slices import CacheSettings
from tests.objects.conftest import s3, s3_server
from tests.objects.s3_server import S3, refuse
from tests.shared.redis_server import RedisServer
from tests.site import settings_for
from tests.tracing.conftest import receiver
from tests.tracing.receiver import Receiver
from tests.web.conftest import Start, pim, start

__all__ = ["pim", "receiver", "s3", "s3_server", "start"]

PREFIX = "MEDIA_PROXY_AKENEO__"


def certificate(directory: Path, days: int) -> Path:
    """Of 127.0.0.1, signed by itself, with its key; valid until so many days from now."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    address = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
    built = x509.CertificateBuilder(name, name, key.public_key(), 1, now - timedelta(99), now + timedelta(days))
    signed = built.add_extension(address, critical=False).sign(key, hashes.SHA256())
    file = directory / "certificate.pem"
    text = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()) + signed.public_bytes(Encoding.PEM)
    file.write_bytes(text)
    return file


@asynccontextmanager
async def serving(signed: Path) -> AsyncIterator[int]:
    """A server with that certificate; its port."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(signed)

    async def hear(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.close()

    async with await asyncio.start_server(hear, "127.0.0.1", 0, ssl=context) as server:
        yield server.sockets[0].getsockname()[1]


async def trouble_of(way: Way) -> Trouble:
    with pytest.raises(Trouble) as caught:
        await way.trust()
    return caught.value


async def test_a_certificate_of_an_unknown_authority_is_told_in_words(tmp_path: Path) -> None:
    signed = certificate(tmp_path, 90)

    async with serving(signed) as port:
        unknown = await trouble_of(Way.to(f"https://127.0.0.1:{port}", PREFIX))
        other_name = await trouble_of(Way.to(f"https://localhost:{port}", PREFIX, signed))
        known = await Way.to(f"https://127.0.0.1:{port}", PREFIX, signed).trust()

    assert unknown.verdict.told == "the certificate is signed by itself"
    assert f"{PREFIX}CA_FILE" in unknown.verdict.repair
    assert other_name.verdict.told == "the certificate is made out to another host name"
    assert known.outcome is Outcome.OK


async def test_an_expired_certificate_is_told_in_words(tmp_path: Path) -> None:
    signed = certificate(tmp_path, -9)

    async with serving(signed) as port:
        trouble = await trouble_of(Way.to(f"https://127.0.0.1:{port}", PREFIX, signed))

    assert trouble.verdict.told == "the certificate has expired"


async def test_https_to_a_port_for_http_is_told_in_words(pim: DemoPim) -> None:
    trouble = await trouble_of(Way.to(f"https://127.0.0.1:{pim.port}", PREFIX))

    assert "Does MEDIA_PROXY_AKENEO__URL name the port for https?" in trouble.verdict.repair


async def test_credentials_in_the_clear_are_a_warning() -> None:
    assert (await Way.to("http://pim.example.com", PREFIX).trust()).outcome is Outcome.WARNING
    assert (await Way.to("http://127.0.0.1", PREFIX).trust()).outcome is Outcome.OK


async def test_a_server_that_does_not_answer_is_given_up() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:  # it takes connections and says nothing
        way = Way.to(f"https://127.0.0.1:{silent.getsockname()[1]}", PREFIX, seconds=0.05)

        assert "nobody answers" in (await trouble_of(way)).verdict.told


def test_a_proxy_in_between_is_where_the_connection_goes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://gate.example.com:3128")

    assert Way.to("https://pim.example.com", PREFIX).first == ("gate.example.com", 3128)
    assert Way.to("http://pim.example.com", PREFIX).first == ("pim.example.com", 80)


def test_a_directory_that_takes_no_files_is_a_failure() -> None:
    with pytest.raises(Trouble, match="cannot be written to"):
        try_directory(Path("/proc/self/cache"))


def test_a_directory_that_is_a_file_is_a_failure(tmp_path: Path) -> None:
    (tmp_path / "cache").touch()

    with pytest.raises(Trouble, match="cannot be written to"):
        try_directory(tmp_path / "cache")


def test_nothing_stays_of_what_was_tried(tmp_path: Path) -> None:
    assert try_directory(tmp_path / "not" / "there").outcome is Outcome.OK

    assert list(tmp_path.iterdir()) == []


def test_a_budget_above_the_disk_is_a_warning(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(bytes(3 * 2**20))

    assert measure(tmp_path, 2**60).outcome is Outcome.WARNING
    assert "3 MiB in use" in measure(tmp_path, 2**20).told


async def test_a_redis_is_asked_for_its_version_and_policy(redis: RedisServer) -> None:
    await redis.ask("CONFIG", "SET", "maxmemory", "100mb")
    keeping = await ask_redis(redis.url)
    await redis.ask("CONFIG", "SET", "maxmemory-policy", "allkeys-lru")
    evicting = await ask_redis(redis.url)

    assert "maxmemory-policy noeviction" in keeping.told
    assert "allkeys-lru" in keeping.repair
    assert "version" in evicting.told
    assert "maxmemory-policy allkeys-lru" in evicting.told
    assert await redis.ask("KEYS", "*") == []


async def test_a_redis_that_refuses_us_or_is_not_there_is_told_apart(redis: RedisServer) -> None:
    await redis.ask("CONFIG", "SET", "requirepass", "s3cret")
    with pytest.raises(Trouble, match="refuses: ") as refused:
        await ask_redis(redis.url)
    await redis.kill()
    with pytest.raises(Trouble, match="cannot be reached: "):
        await ask_redis(redis.url)

    assert "user and password" in refused.value.verdict.repair


async def test_an_object_is_put_into_the_store_and_taken_out(s3: S3, tmp_path: Path) -> None:
    settings = CacheSettings.model_validate({"directory": tmp_path, **s3.settings})
    [group] = store_groups(settings)

    [fine] = await findings_of(group, Secrets())
    s3.fault, s3.methods = refuse(403, "AccessDenied"), {"DELETE", "POST"}
    [refused] = await findings_of(group, Secrets())

    assert fine.told == "written, read and deleted"
    assert refused.outcome is Outcome.FAILED
    assert refused.told == "it cannot be deleted from: the object store refuses (AccessDenied)"


async def test_a_port_is_free_or_ours_or_taken(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    site = await start()
    with socket.create_server(("127.0.0.1", 0)) as other, monkeypatch.context() as hurried:
        hurried.setattr("proxy.commands.checking.machine.LIVE_SECONDS", 0.05)
        taken = other.getsockname()[1]
        with pytest.raises(Trouble, match="taken by another program"):
            await port_verdict("127.0.0.1", taken, "MEDIA_PROXY_PORT", "/")

    free = await port_verdict("127.0.0.1", taken, "MEDIA_PROXY_PORT", "/")
    ours = await port_verdict("127.0.0.1", site.server.port, "MEDIA_PROXY_PORT", "/-/health/live")

    assert free.told == f"{taken} is free"
    assert ours.told == f"{site.server.port}: a running media-proxy has it"


async def test_the_worker_that_is_tried_reads_no_more_than_those_of_the_server(pim: DemoPim, tmp_path: Path) -> None:
    verdict = await MachineCheck(settings_for(pim, tmp_path), None).workers()

    assert "rlimits" in verdict.told
    assert ("landlock-reads" in verdict.told) is ("landlock" in verdict.told)


def test_what_is_not_enforced_in_the_workers_is_a_warning() -> None:
    assert sandbox_verdict(["rlimits", "no-new-privileges", "landlock-reads", "seccomp"]).outcome is Outcome.OK
    assert "not landlock, seccomp" in sandbox_verdict(["rlimits", "no-new-privileges"]).told


@pytest.mark.parametrize(
    ("there", "outcome", "told"),
    [
        ((True, True, True), Outcome.OK, "the fast way"),
        ((True, False, True), Outcome.WARNING, "no AVX2"),
        ((False, False, True), Outcome.WARNING, "not compiled"),
        ((True, True, False), Outcome.WARNING, "libturbojpeg is missing"),
        ((False, False, False), Outcome.WARNING, "; libturbojpeg is missing"),
    ],
)
async def test_what_is_not_there_is_a_warning(
    monkeypatch: pytest.MonkeyPatch, there: tuple[bool, bool, bool], outcome: Outcome, told: str
) -> None:
    monkeypatch.setattr(library, "CAN_UNFILTER", there[0])
    monkeypatch.setattr(library, "CAN_RESAMPLE", there[1])
    monkeypatch.setattr(turbojpeg, "CAN_READ_PLANES", there[2])

    verdict = await compiled()

    assert verdict.outcome is outcome
    assert told in verdict.told


def test_a_folder_has_to_be_there_and_should_hold_something(tmp_path: Path) -> None:
    with pytest.raises(Trouble, match="cannot be read"):
        folder_verdict(tmp_path / "gone")

    assert folder_verdict(tmp_path).outcome is Outcome.WARNING


async def test_the_collector_of_traces_is_sent_a_message(receiver: Receiver) -> None:
    [fine] = await findings_of(collector_group(), Secrets())
    receiver.status = 400
    [refused] = await findings_of(collector_group(), Secrets())

    assert fine.told == "the collector takes traces"
    assert refused.outcome is Outcome.FAILED


class Terminal(StringIO):
    """A stream that says it is one."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def _colours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")


@pytest.mark.usefixtures("_colours")
def test_colours_are_for_a_terminal_that_wants_them(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal, file = Terminal(), StringIO()
    for stream in (terminal, file):
        write_group("Redis", [Finding("questions", Outcome.FAILED, "told", "repair")], stream)
    monkeypatch.setenv("NO_COLOR", "1")

    assert "\x1b[31m" in terminal.getvalue()
    assert "\x1b" not in file.getvalue() + paint("text", "31", terminal)
    assert "repair" in file.getvalue()


def test_a_terminal_without_ticks_gets_letters(tmp_path: Path) -> None:
    with (tmp_path / "out").open("w", encoding="latin-1") as stream:
        assert mark_of(Outcome.OK, stream) == "ok"
