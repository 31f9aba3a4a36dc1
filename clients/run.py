"""Independent clients against the real server: all of them, or those named.

Made for `cargo xtask test --only clients`; by hand, with the environment xtask installs:
  LIANTI_BINARY=… target/clients/bin/python clients/run.py mllp medplum
"""

import os
import pathlib
import shutil
import signal
import subprocess
import sys

from outside import prepare
from server import Demonstration

FOLDER = pathlib.Path(__file__).resolve().parent
#: The contract comes last: it leaves nothing as it was.
CLIENTS = [
    "fhirpy_client.py",
    "smart_client.py",
    "smart_flow.py",
    "backend.mjs",
    "models.py",
    "mllp.py",
    "mllp_receiver.py",
    "fhir_kit_client.mjs",
    "medplum.mjs",
    "contract.py",
]
SERVER_LINES = 20


def command(script):
    """How a script is started."""
    if script.endswith(".mjs"):
        return [shutil.which("node"), str(FOLDER / script)]
    return [sys.executable, str(FOLDER / script)]


def main(wanted):
    scripts = [one for one in CLIENTS if not wanted or any(word in one for word in wanted)]
    if not scripts:
        raise SystemExit(f"no client is named so; they are {CLIENTS}")
    failed = []
    # Whoever ends this ends the server as well.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    with Demonstration() as server:
        world = prepare(server.url, server.hl7, server.folder)
        environment = os.environ | {"LIANTI_WORLD": str(world), "PYTHONDONTWRITEBYTECODE": "1"}
        for script in scripts:
            print(script, flush=True)
            if subprocess.run(command(script), env=environment, check=False).returncode:
                failed.append(script)
        if failed:
            lines = [line for line in server.errors().splitlines() if " ERROR " in line]
            print("\n".join(["the server's errors:", *lines[-SERVER_LINES:]]) if lines else "")
    print(f"{len(scripts) - len(failed)} passed, {len(failed)} failed {' '.join(failed)}".rstrip())
    sys.exit(1 if failed else 0)


main(sys.argv[1:])
