"""An Apache of our own: generated configuration in a temporary directory, in the foreground, stopped by its process id.

Run as a program it only says, by its exit status, whether this machine has what it takes.
"""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

BINARY = shutil.which("apache2", path=os.environ.get("PATH", "") + ":/usr/sbin")
MODULES = Path("/usr/lib/apache2/modules")
LOADED = ["mpm_event", "authn_core", "authz_core", "authz_user", "dir", "include", "mime", "auth_openidc"]
NOBODY = 65534
STARTS_MOST = 5
SECONDS_TO_START = 20

COMMON = """
ServerName 127.0.0.1
DefaultRuntimeDir {home}
PidFile {home}/apache.pid
ErrorLog {home}/error.log
LogLevel warn auth_openidc:info
User #{nobody}
Group #{nobody}
TypesConfig /dev/null
StartServers 1
ThreadsPerChild 8
MaxRequestWorkers 8
ServerLimit 1
"""


def is_here():
    return BINARY is not None and all((MODULES / f"mod_{name}.so").exists() for name in LOADED)


class Apache:
    """A running Apache. `configure(ports, home)` gives the part of its configuration that is not common to all."""

    def __init__(self, ports, pages, configure):
        self._wanted = ports
        self._pages = pages
        self._configure = configure

    def __enter__(self):
        self.home = Path(tempfile.mkdtemp(prefix="gatewright-apache."))
        self._write_pages()
        for _ in range(STARTS_MOST):
            self.ports = _free_ports(self._wanted)
            self._process = self._start()
            if self._answers():
                return self
            self._stop()
        log = self.log()
        shutil.rmtree(self.home)
        raise AssertionError("Apache did not start:\n" + log)

    def __exit__(self, *_):
        self._stop()
        shutil.rmtree(self.home)

    def log(self):
        path = self.home / "error.log"
        return path.read_text(errors="replace") if path.exists() else ""

    def _write_pages(self):
        for path, text in self._pages.items():
            page = self.home / "pages" / path
            page.parent.mkdir(parents=True, exist_ok=True)
            page.write_text(text)
        (self.home / "metadata").mkdir()
        if os.geteuid() == 0:
            # Started as root, Apache's children give up root and must still read the pages and keep metadata.
            self.home.chmod(0o755)
            os.chown(self.home / "metadata", NOBODY, NOBODY)

    def _start(self):
        lines = [f"LoadModule {name}_module {MODULES}/mod_{name}.so" for name in LOADED]
        lines += [f"Listen 127.0.0.1:{port}" for port in self.ports]
        lines.append(COMMON.format(home=self.home, nobody=NOBODY))
        lines.append(self._configure(self.ports, self.home))
        (self.home / "apache.conf").write_text("\n".join(lines))
        with (self.home / "error.log").open("a") as log:
            command = [BINARY, "-d", self.home, "-f", self.home / "apache.conf", "-D", "FOREGROUND"]
            return subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)

    def _answers(self):
        give_up = time.monotonic() + SECONDS_TO_START
        while time.monotonic() < give_up and self._process.poll() is None:
            try:
                socket.create_connection(("127.0.0.1", self.ports[0]), timeout=1).close()
                return True
            except OSError:
                time.sleep(0.05)
        return False

    def _stop(self):
        self._process.terminate()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


def _free_ports(count):
    """Ports that were free a moment ago; whoever starts on them tries again when one was taken since."""
    sockets = [socket.socket() for _ in range(count)]
    for one in sockets:
        one.bind(("127.0.0.1", 0))
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports


if __name__ == "__main__":
    sys.exit(0 if is_here() else 1)
