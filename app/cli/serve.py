"""`flask serve`: the whole platform in one command: initialise, migrate, demonstrate, work in the background, serve.

`make run` calls it with JCM_ENV=demo. Ctrl-C (SIGINT) or SIGTERM stops everything that it started.
"""

import ipaddress
import os
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path

import click
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from flask import current_app
from flask.cli import with_appcontext

from app import config_names, zones
from app.cli.reloading import Process, Reload
from app.clock import system_clock
from app.config import ROOT, Config, load_config
from app.demo.space import CONTACT as SPACE_CONTACT
from app.operating.metrics import FOLDER
from app.operating.surroundings import SELF_SIGNED, tls_files

WORKER, SERVER = 0, 1
CONNECTIONS = "1024"  # of a web worker: browsers and proxies keep theirs open for half a minute after the last answer
THREADS = "32"  # of a web worker: requests that are worked on at once
WORKER_PAUSE_SECONDS = 2  # before a worker that ended is begun again
STOP_SECONDS = 50  # for the requests that a server still holds


@click.command("serve")
@with_appcontext
def serve() -> None:
    """Serve on JCM_HOST:JCM_PORT with JCM_WORKERS workers; in demo, prepare and load everything first.

    The public zone serves and does nothing else: what is prepared and what works in the background is the inside's.
    """
    config: Config = current_app.extensions["jcm_config"]
    outside = config.zone == zones.PUBLIC
    _require_free_port(config)
    for name, meant in config_names.unknown(os.environ):
        click.echo(f"{name} is no setting{f': {meant} is meant?' if meant else ''}", err=True)
    if not config.is_production and not outside:
        _command("init", "--quiet")
        password = config.demo_password or secrets.token_urlsafe(9)
        accounts = _command("demo", "load", "--if-empty", "--set-passwords-from-stdin", stdin=password)
        config = load_config()
        click.echo(f"检查码 {config.public_url}  {accounts.strip()}  ({password})")
    if config.environment == "demo":
        click.echo(f"企业空间 {config.public_url}/my/  手机号 {SPACE_CONTACT.value}，六位数字显示在页面上")
    if not (ROOT / "scanner_static" / "dist" / "index.html").exists():
        click.echo("The scanner page (/scan/) was not built (no Node); everything else works.", err=True)
    certificate = _certificate(config)
    counting = tempfile.TemporaryDirectory(prefix="jcm-metrics-")  # mode 0700; counted anew at each start
    environment = os.environ | {FOLDER: counting.name}
    ours = [sys.executable, "-m", "flask", "--app", "wsgi"]

    def begin_worker() -> Process:
        return subprocess.Popen([*ours, "worker"], cwd=ROOT)  # noqa: S603 our own

    def begin_server() -> Process:
        return subprocess.Popen(_server(config, certificate), cwd=ROOT, env=environment)  # noqa: S603 our own

    def loads() -> bool:
        return subprocess.run([sys.executable, "-c", "import wsgi"], cwd=ROOT, env=environment).returncode == 0

    # What takes its time comes before the first child: told to stop meanwhile, none is left behind. At home a witness proves
    # nothing: it shows how one works.
    witness = [] if config.is_production or certificate or outside else _demo_witness(config)
    children: list[Process | None] = [None if outside else begin_worker(), begin_server()]  # WORKER, SERVER
    if witness:
        children.append(subprocess.Popen([*ours, *witness], cwd=ROOT))  # noqa: S603 our own
    reload = Reload(begin_server, config.port, config.workers, loads) if config.is_production else None
    with counting:
        _wait(children, begin_worker, reload)


def _demo_witness(config: Config) -> list[str]:
    """The arguments of the demonstration's own witness, known to the log since `demo load`."""
    path = config.instance / "witness.json"
    host = f"[{config.host}]" if ":" in config.host else config.host
    address = f"http://{'127.0.0.1' if host in ('0.0.0.0', '[::]') else host}:{config.port}"  # noqa: S104 not bound
    _command("log", "demo-witness", str(path))
    return ["log", "witness", "--state", str(path), "--every", "15", address]


def _server(config: Config, certificate: tuple[Path, Path] | None) -> list[str]:
    """The command line of the production server. A process of its own: it loads the app as it is now."""
    command = [
        sys.executable, "-m", "granian", "--interface", "wsgi", "--host", config.host, "--port", str(config.port),
        "--workers", str(config.workers), "--respawn-failed-workers", "--no-ws",
        "--backpressure", CONNECTIONS, "--blocking-threads", THREADS,
        "--log" if config.is_production else "--no-log", "wsgi:app",
    ]  # fmt: skip
    if certificate:
        command[-1:-1] = ["--ssl-certificate", str(certificate[0]), "--ssl-keyfile", str(certificate[1])]
    return command


def _wait(children: list[Process | None], begin_worker: Callable[[], Process], reload: Reload | None) -> None:
    """Until we are told to stop, or the web server ends; then all end. SIGHUP is a `reload`; elsewhere it is a terminal that
    was closed.

    A worker that was killed is begun again: pages go on meanwhile. A server that ended by itself is a failure (status 1),
    which systemd answers with a new start.
    """
    told = False

    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    for name in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):  # SIGINT too: a shell may have us ignore it
        signal.signal(name, stop)
    if reload:
        signal.signal(signal.SIGHUP, reload.ask)
    try:
        while all(child.poll() is None for child in _running(children[SERVER:])):
            _tend(children, begin_worker)
            if reload and (new := reload.look()):
                old, children[SERVER] = children[SERVER], new
                _end([old, children[WORKER]])
                children[WORKER] = begin_worker() if children[WORKER] else None
            time.sleep(0.3)
    except KeyboardInterrupt:
        told = True
    _end([*children, reload.coming if reload else None])
    if not told:
        raise SystemExit("The web server ended by itself.")


def _tend(children: list[Process | None], begin_worker: Callable[[], Process]) -> None:
    """A worker that ended is begun again."""
    worker = children[WORKER]
    if worker is not None and worker.poll() is not None:
        click.echo("The worker ended and is begun again.", err=True)
        time.sleep(WORKER_PAUSE_SECONDS)
        children[WORKER] = begin_worker()


def _running(children: Sequence[Process | None]) -> list[Process]:
    """Those that were begun: a public zone has no worker."""
    return [child for child in children if child is not None]


def _end(children: Sequence[Process | None]) -> None:
    running = _running(children)
    for child in running:
        child.terminate()
    for child in running:
        try:
            child.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            child.kill()


def _command(*arguments: str, stdin: str = "") -> str:
    """Runs a command of ours in a process of its own; its output. Ends this one where it fails."""
    command = [sys.executable, "-m", "flask", "--app", "wsgi", *arguments]
    done = subprocess.run(command, input=stdin, stdout=subprocess.PIPE, text=True, cwd=ROOT)  # noqa: S603 our own
    if done.returncode:
        raise SystemExit(done.returncode)
    return done.stdout


def _require_free_port(config: Config) -> None:
    family = socket.AF_INET6 if ":" in config.host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((config.host, config.port))
        except OSError as error:
            raise click.ClickException(
                f"{config.host}:{config.port} cannot be used ({error.strerror}). Choose another port: JCM_PORT=8001"
            ) from None


def _certificate(config: Config) -> tuple[Path, Path] | None:
    """JCM_TLS: empty, `self-signed`, or `certificate.pem,key.pem`."""
    if not config.tls:
        return None
    if config.tls == SELF_SIGNED:
        return _self_signed(config)
    try:
        return tls_files(config.tls)
    except ValueError as error:
        raise click.ClickException(str(error)) from None


def _self_signed(config: Config) -> tuple[Path, Path]:
    """A certificate for this machine's names and addresses, kept for a year under instance/tls/."""
    folder = config.instance / "tls"
    cert_path, key_path = folder / "certificate.pem", folder / "key.pem"
    if cert_path.exists():
        known = x509.load_pem_x509_certificate(cert_path.read_bytes())
        if known.not_valid_after_utc > system_clock():
            return cert_path, key_path
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "检查码 self-signed")])
    names: list[x509.GeneralName] = [x509.DNSName("localhost"), x509.DNSName(socket.gethostname())]
    names += [x509.IPAddress(ipaddress.ip_address(a)) for a in _addresses()]
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(system_clock() - timedelta(days=1))
        .not_valid_after(system_clock() + timedelta(days=365))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .sign(key, hashes.SHA256())
    )
    key_path.touch(mode=0o600)
    key_path.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    cert_path.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    return cert_path, key_path


def _addresses() -> list[str]:
    found = {"127.0.0.1", "::1"}
    for info in socket.getaddrinfo(socket.gethostname(), None):
        found.add(str(info[4][0]).partition("%")[0])
    return sorted(found)
