"""A time-stamping authority of our own for tests: `openssl ts` behind HTTP, on this machine."""

import shutil
import subprocess
from collections.abc import Generator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

from tests.app.anchoring.test_witness_server import running

MISSING: Final = shutil.which("openssl") is None or find_spec("rfc3161_client") is None
"""Whether there can be none here."""
CONFIG: Final = """\
[req]
distinguished_name = dn
prompt = no
[dn]
CN = test
[ca]
basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign
[tsa]
basicConstraints = critical,CA:FALSE
keyUsage = critical,digitalSignature
extendedKeyUsage = critical,timeStamping
[stamps]
serial = serial
default_policy = 1.2.3.4.1
digests = sha256
signer_digest = sha256
ess_cert_id_chain = no
ess_cert_id_alg = sha256
"""


def openssl(folder: Path, *arguments: str) -> None:
    """Run openssl in the folder."""
    subprocess.run(["openssl", *arguments], cwd=folder, check=True, capture_output=True)


def prepared(folder: Path) -> Path:
    """Make a root and an authority below it in that folder; return the root."""
    folder.mkdir()
    (folder / "conf").write_text(CONFIG)
    (folder / "serial").write_text("01")
    for name in ("root", "tsa"):
        openssl(
            folder, "ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", f"{name}.key"
        )
    new = ["req", "-new", "-config", "conf"]
    root = ["-key", "root.key", "-subj", "/CN=root", "-out", "root.pem"]
    openssl(folder, *new, "-x509", "-extensions", "ca", "-days", "2", *root)
    openssl(folder, *new, "-key", "tsa.key", "-subj", "/CN=tsa", "-out", "tsa.csr")
    signs = ["-CA", "root.pem", "-CAkey", "root.key", "-set_serial", "2", "-days", "2"]
    more = ["-extfile", "conf", "-extensions", "tsa", "-in", "tsa.csr", "-out", "tsa.pem"]
    openssl(folder, "x509", "-req", *signs, *more)
    return folder / "root.pem"


@contextmanager
def authority(folder: Path) -> Generator[str]:
    """Stamp whatever is asked, with the key in that folder; give the address."""
    signs = ["-config", "conf", "-signer", "tsa.pem", "-inkey", "tsa.key", "-section", "stamps"]

    class Door(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            (folder / "asked").write_bytes(self.rfile.read(int(self.headers["Content-Length"])))
            openssl(folder, "ts", "-reply", "-queryfile", "asked", *signs, "-out", "reply")
            self.send_response(200)
            self.end_headers()
            self.wfile.write((folder / "reply").read_bytes())

        def log_message(self, format: str, *arguments: Any) -> None:
            """Say nothing."""

    with running(HTTPServer(("127.0.0.1", 0), Door)) as url:
        yield url
