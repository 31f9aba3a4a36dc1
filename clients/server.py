"""The real server in demonstration mode, on free ports and a folder of its own."""

import os
import pathlib
import re
import shutil
import signal
import subprocess
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
DAYS = "5"


def binary():
    """The server under test: LIANTI_BINARY, or the release build."""
    target = pathlib.Path(os.environ.get("CARGO_TARGET_DIR") or ROOT / "target")
    path = pathlib.Path(os.environ.get("LIANTI_BINARY") or target / "release" / "lianti")
    if not path.exists():
        raise SystemExit(f"{path} is missing; run: cargo build --release -p lianti")
    return path


class Demonstration:
    """Runs while the `with` block does."""

    def __enter__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="lianti-clients-"))
        self.log = self.folder / "server.log"
        data = self.folder / "data"
        command = [binary(), "demo", "--data", data, "--days", DAYS]
        command += ["--listen", "127.0.0.1:0", "--hl7-listen", "127.0.0.1:0"]
        environment = os.environ | {"LIANTI_LOG": "info"}
        with open(self.log, "w", encoding="utf-8") as log:
            self.process = subprocess.Popen(
                command, stdout=subprocess.PIPE, stderr=log, env=environment, text=True
            )
        try:
            self.url = self._url()
        except BaseException:
            self.__exit__()
            raise
        # The log names this address before the line that `_url` waits for.
        self.hl7 = re.search(r"HL7 v2 messages address=(\S+)", self.errors())[1]
        return self

    def _url(self):
        told = ""
        for line in self.process.stdout:
            told += line
            found = re.search(r"Open (http://[0-9.:]+)", line)
            if found:
                return found[1]
        raise SystemExit(f"the server ended before it listened:\n{told}")

    def errors(self):
        """All it wrote to its log."""
        return self.log.read_text(encoding="utf-8", errors="replace")

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)
