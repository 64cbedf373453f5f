#!/usr/bin/env python3
"""Start patentprep on a fresh machine: `python3 start.py`, or `python3 start.py test`.

Needs nothing but Python 3.11 or newer. Makes .venv beside this file, installs the project with the versions pinned in
constraints.txt, then opens the app (or runs the tests). The second start skips all that and takes seconds.
"""

import hashlib
import os
import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
VENV = HERE / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
USAGE = """usage: python3 start.py [COMMAND ...]

  (nothing)   open the app in your browser, on this computer only
  test        run the whole test suite (further words go to pytest)
  setup       only install
  other words are passed to the patentprep command, for example: python3 start.py check DRAFT.pdf"""


def stop(message):
    print(f"patentprep: {message}", file=sys.stderr)
    sys.exit(2)


def stamp(extras):
    """What the installed environment was made from; another stamp means: install again."""
    digest = hashlib.sha256(f"{sys.version_info[:2]} {extras}".encode())
    for name in ("pyproject.toml", "constraints.txt"):
        digest.update((HERE / name).read_bytes())
    return digest.hexdigest()


def make_venv():
    if PYTHON.exists() and subprocess.run([PYTHON, "-m", "pip", "--version"], capture_output=True).returncode == 0:
        return
    try:
        import venv
    except ImportError:
        stop("this Python has no 'venv'. On Debian or Ubuntu: sudo apt install python3-venv. Then start again.")
    print("Making .venv (once) ...", file=sys.stderr)
    try:
        # As `python -m venv` does: a copied interpreter cannot find the libraries of many relocatable Pythons.
        venv.EnvBuilder(with_pip=True, clear=VENV.exists(), symlinks=os.name != "nt").create(VENV)
    except (subprocess.CalledProcessError, OSError, SystemExit) as error:
        stop(
            f"could not make {VENV} ({error}). On Debian or Ubuntu: sudo apt install python3-venv; "
            "elsewhere install Python from python.org, and check that this folder is writable. Then start again."
        )


def install(extras):
    """Install the project in place, unless the same was installed before."""
    mark = VENV / "patentprep-installed"
    wanted = stamp(extras)
    # The tests' environment holds all that the app needs, so either stamp serves a plain start.
    if PYTHON.exists() and mark.exists() and mark.read_text() in {wanted, stamp("[dev]")}:
        return
    make_venv()
    print(
        "Installing patentprep (once, some 250 MB from the package index, a minute or two) ...",
        file=sys.stderr,
    )
    command = [PYTHON, "-m", "pip", "install", "--disable-pip-version-check", "--quiet", "--retries", "2"]
    command += ["--constraint", HERE / "constraints.txt", "--editable", f"{HERE}{extras}"]
    if subprocess.run(command).returncode != 0:
        stop(
            "the installation did not finish. Usually the package index cannot be reached: check the network or "
            "proxy (pip's own message stands above). The network is needed only now; patentprep itself never uses it."
        )
    mark.write_text(wanted)


def main(words):
    if sys.version_info < (3, 11):
        stop("Python 3.11 or newer is needed; this is %d.%d. Get it from python.org." % sys.version_info[:2])
    if words and words[0] in ("-h", "--help", "help"):
        print(USAGE)
        return 0
    testing = bool(words) and words[0] == "test"
    install("[dev]" if testing else "[pdf]")
    if words == ["setup"]:
        return 0
    command = ["-m", "pytest", *words[1:]] if testing else ["-m", "patentprep", *(words or ["app"])]
    try:
        return subprocess.run([PYTHON, *command], cwd=HERE if testing else None).returncode
    except KeyboardInterrupt:
        return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
