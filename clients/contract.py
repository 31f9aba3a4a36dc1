"""schemathesis against docs/openapi.json: every operation, asked by an account that may.

The seed is fixed. LIANTI_CONTRACT_EXAMPLES asks for more examples an operation than the gate does,
LIANTI_CONTRACT_SEED for others.
"""

import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

from checks import check, run
from outside import World

FOLDER = pathlib.Path(__file__).resolve().parent
SCHEMA = FOLDER.parent / "docs" / "openapi.json"
EXAMPLES = os.environ.get("LIANTI_CONTRACT_EXAMPLES", "3")
SEED = os.environ.get("LIANTI_CONTRACT_SEED", "20261123")
WORLD = World()
#: More than half come through; far fewer means that a client's means of asking are broken.
PART_REACHED_MIN = 0.4
#: Characters of what schemathesis says of failures: the requests to repeat them.
TOLD_MAX = 20_000
#: The stream of events never ends.
LEFT_OUT = ["/api/events"]
#: Made-up apps are nobody: `smart_flow.py` and `backend.mjs` are apps that are known.
ONLY_FOR_KNOWN_APPS = ["POST /smart/token"]
CHECKED = {
    "not_a_server_error": ["ServerError"],
    "response_schema_conformance": ["JsonSchemaError", "MalformedJson"],
    "content_type_conformance": ["UndefinedContentType", "MissingContentType"],
    "refusal_has_its_shape": ["CustomFailure"],
}


def asked():
    """Runs schemathesis; answers its report, and how each operation answered."""
    with tempfile.TemporaryDirectory() as folder:
        report = pathlib.Path(folder) / "report.json"
        answered = pathlib.Path(folder) / "answered.json"
        command = [sys.executable, "-c", "from schemathesis.cli import schemathesis as s; s()"]
        command += ["--config-file", str(FOLDER / "schemathesis.toml"), "run", str(SCHEMA)]
        command += ["--url", WORLD.url, "--phases", "coverage,fuzzing", "--no-shrink", "--no-color"]
        command += ["--seed", SEED, "--max-examples", EXAMPLES, "--generation-database", "none"]
        command += ["--checks", ",".join(CHECKED), "--continue-on-failure", "--workers", "2"]
        command += ["--suppress-health-check", "all"]  # They depend on how fast the machine is.
        command += ["--warnings", "off", "--report", "json", "--report-json-path", str(report)]
        for path in LEFT_OUT:
            command += ["--exclude-path", path]
        environment = os.environ | {
            "SCHEMATHESIS_HOOKS": "contract_hooks",
            "PYTHONPATH": str(FOLDER),
            "LIANTI_ANSWERED": str(answered),
        }
        done = subprocess.run(
            command, cwd=folder, env=environment, capture_output=True, text=True, check=False
        )
        if not report.exists():
            raise SystemExit(f"schemathesis ended without a report:\n{done.stdout}{done.stderr}")
        return json.loads(report.read_text()), json.loads(answered.read_text()), done.stdout


REPORT, ANSWERED, SAID = asked()


def failures(kinds):
    """What schemathesis found of these kinds, in its own words."""
    found = [one for one in REPORT["failures"] if one["type"] in kinds]
    return "\n".join(f"{one['title']}: {where}" for one in found for where in one["operations"])


@check("no request is answered by a server error")
def no_server_error():
    found = failures(CHECKED["not_a_server_error"])
    assert not found, f"expected no 5xx:\n{found}"


@check("an answer is as its schema says")
def as_the_schema_says():
    found = failures(CHECKED["response_schema_conformance"])
    assert not found, f"expected answers that docs/openapi.json describes:\n{found}"


@check("an answer has a media type that is documented")
def documented_media_type():
    found = failures(CHECKED["content_type_conformance"])
    assert not found, f"expected documented media types:\n{found}"


@check("a refusal is a problem document or an OperationOutcome")
def refusals():
    found = failures(CHECKED["refusal_has_its_shape"])
    assert not found, f"expected refusals of one shape:\n{found}"


@check("nothing else went wrong")
def nothing_else():
    known = [kind for kinds in CHECKED.values() for kind in kinds]
    others = [one["title"] for one in REPORT["failures"] if one["type"] not in known]
    errors = [f"{one['title']} ({one['count']})" for one in REPORT["errors"]]
    assert not others + errors, f"expected neither other failures nor errors: {others + errors}"
    assert REPORT["complete"], f"expected a complete run: {REPORT['stop_reason']}"


@check("every operation was asked by an account that may")
def every_operation():
    operations = json.loads(SCHEMA.read_text(encoding="utf-8"))["paths"]
    wanted = {
        f"{method.upper()} {path}": operation
        for path, methods in operations.items()
        for method, operation in methods.items()
        if path not in LEFT_OUT
    }
    never = sorted(wanted.keys() - ANSWERED.keys())
    assert not never, f"expected every operation to be asked, not so: {never}"
    asked_as_somebody = wanted.keys() - set(ONLY_FOR_KNOWN_APPS)
    refused = sorted(one for one in asked_as_somebody if set(ANSWERED[one]) <= {"401", "403"})
    assert not refused, f"expected more than 401 and 403 from: {refused}"
    total = sum(sum(counts.values()) for counts in ANSWERED.values())
    print(f"        {total} requests to {len(wanted)} operations, {EXAMPLES} examples each")


@check("a good part of the operations succeeded at least once")
def depth():
    reached = [one for one, counts in ANSWERED.items() if any(code < "300" for code in counts)]
    wanted = len(ANSWERED) * PART_REACHED_MIN
    assert len(reached) >= wanted, f"expected {wanted:.0f} of {len(ANSWERED)}, found {len(reached)}"
    print(f"        {len(reached)} of {len(ANSWERED)} operations did")


if REPORT["failures"] or REPORT["errors"]:
    told = re.search(r"=+ (?:ERRORS|FAILURES) =+\n(.*?)\n=+ SUMMARY", SAID, re.DOTALL)
    print((told[1] if told else SAID)[:TOLD_MAX], flush=True)
run()
