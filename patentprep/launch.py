"""Start the Streamlit app on this computer only, and open it in the browser."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
import webbrowser
from importlib import resources
from pathlib import Path

from patentprep.errors import UsageError


class WrongPort(UsageError):
    """No port number. Facts: port."""

    key = "error.port"


HOST = "127.0.0.1"
FIRST_PORT, LAST_PORT = 8501, 8599

# Given as flags too, because an installed package has no .streamlit folder beside the working directory.
FLAGS = (
    f"--server.address={HOST}",
    "--server.headless=true",
    "--server.fileWatcherType=none",
    "--server.maxUploadSize=100",
    "--browser.gatherUsageStats=false",
    "--client.toolbarMode=minimal",
    "--client.showErrorDetails=none",
)


def app_file() -> Path:
    """``app.py``: inside an installed package, else at the top of a checkout."""
    package = Path(str(resources.files("patentprep")))
    bundled = package / "_bundled" / "app.py"
    return bundled if bundled.exists() else package.parent / "app.py"


def command(port: int) -> list[str]:
    """The command line that serves the app."""
    return [sys.executable, "-m", "streamlit", "run", str(app_file()), f"--server.port={port}", *FLAGS]


def free_port() -> int:
    """The first port from 8501 on that nobody listens on. Raises UsageError when there is none."""
    for port in range(FIRST_PORT, LAST_PORT + 1):
        with socket.socket() as probe:
            if probe.connect_ex((HOST, port)) != 0:
                return port
    raise UsageError(what=f"{HOST}:{FIRST_PORT}-{LAST_PORT}", hint="--port N")


def run_app(port: int | None = None, *, browser: bool = True) -> int:
    """Serve the app until it is stopped with Ctrl-C; returns its exit status.

    Raises UsageError for a port outside 1 to 65535, or when no port is free.
    """
    if port is not None and not 1 <= port <= 65535:
        raise WrongPort(port=port)
    chosen = port or free_port()
    server = subprocess.Popen(command(chosen))
    signal.signal(signal.SIGTERM, lambda *_: server.terminate())  # whoever stops us must not leave the server behind
    if browser:
        threading.Thread(target=_open_when_ready, args=(chosen, server), daemon=True).start()
    try:
        return max(server.wait(), 0)  # negative: stopped by our own signal, which is how it ends
    except KeyboardInterrupt:
        server.terminate()
        server.wait()
        return 0


def _open_when_ready(port: int, server: subprocess.Popen[bytes]) -> None:
    address = f"http://{HOST}:{port}"
    for _ in range(150):
        if server.poll() is not None:
            return
        try:
            with urllib.request.urlopen(f"{address}/_stcore/health", timeout=1) as answer:
                if answer.status == 200:
                    webbrowser.open(address)
                    return
        except (urllib.error.URLError, OSError):
            pass
        time.sleep(0.2)
