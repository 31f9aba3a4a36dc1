"""fhirclient, the SMART project's client: it parses everything strictly as R4 4.0.1."""

from checks import check, expect, run
from fhirclient.models.bundle import Bundle
from fhirclient.models.capabilitystatement import CapabilityStatement
from fhirclient.models.observation import Observation
from fhirclient.models.patient import Patient
from fhirclient.server import FHIRNotFoundException, FHIRServer, FHIRUnauthorizedException
from outside import World
from requests import HTTPError

WORLD = World()
PATIENT = WORLD.register("竹测试")
#: Numbers of another run are none of ours.
SYSTEM = f"urn:example:fhirclient:{PATIENT}"


def server(bearer=WORLD.bearer):
    """Its server, with our token: the token comes from our administrators, not from OAuth."""
    made = FHIRServer(None, WORLD.fhir)
    if bearer:
        made.session.headers["Authorization"] = bearer
    return made


SERVER = server()


def observation(number):
    return Observation({
        "status": "final",
        "identifier": [{"system": SYSTEM, "value": number}],
        "code": {"coding": [{"system": "http://loinc.org", "code": "8867-4"}]},
        "subject": {"reference": f"Patient/{PATIENT}"},
        "effectiveDateTime": "2026-11-02",
        "valueQuantity": {"value": 72, "system": "http://unitsofmeasure.org", "code": "/min"},
    })  # fmt: skip


def found(number):
    return list(Observation.where({"identifier": f"{SYSTEM}|{number}"}).perform_resources_iter(SERVER))


@check("the CapabilityStatement is one of R4, and its client can read the rest")
def capability():
    statement = SERVER.capabilityStatement
    assert isinstance(statement, CapabilityStatement), f"found {statement!r}"
    expect(statement.fhirVersion, "4.0.1", "fhirVersion")
    named = {one.type for one in statement.rest[0].resource}
    assert {"Patient", "Observation", "Bundle"} <= named, f"resources named: {sorted(named)}"


@check("a patient registered at the API is read as a Patient")
def patient():
    read = Patient.read(PATIENT, SERVER)
    expect(read.name[0].text, "竹测试", "name")
    expect(read.birthDate.isostring, "1968-04-09", "birth date")


@check("a patient is found by Chinese characters, pinyin and initials")
def names():
    for typed in ["竹测试", "竹", "zhuceshi", "zcs"]:
        bundles = Patient.where({"name": typed, "_id": PATIENT}).perform_resources_iter(SERVER)
        expect([one.id for one in bundles], [PATIENT], f"found by {typed}")


@check("create, read, update and delete")
def life():
    created = observation("life").create(SERVER)
    read = Observation.read(created["id"], SERVER)
    expect(read.as_json(), created, "what is read")
    read.status = "corrected"
    expect(read.update()["meta"]["versionId"], "2", "version")
    read.delete()
    try:
        Observation.read(created["id"], SERVER)
    except (FHIRNotFoundException, HTTPError) as error:
        assert error.response.status_code in (404, 410), f"found {error.response.status_code}"
        expect(error.response.json()["resourceType"], "OperationOutcome", "refusal")
    else:
        raise AssertionError("expected it to be gone")
    expect(found("life"), [], "found by search")


@check("paging goes to the end")
def paging():
    for _ in range(5):
        observation("page").create(SERVER)
    search = Observation.where({"identifier": f"{SYSTEM}|page", "_count": "2"})
    pages = list(search.perform_iter(SERVER))
    expect([len(page.entry) for page in pages if page.entry], [2, 2, 1], "entries a page")


@check("an included patient comes in the same bundle")
def include():
    search = Observation.where({"identifier": f"{SYSTEM}|page", "_count": "1"})
    pages = search.include("subject").perform_iter(SERVER)
    kinds = {entry.resource.resource_type for page in pages for entry in page.entry or []}
    expect(kinds, {"Observation", "Patient"}, "types")


@check("a transaction is answered entry by entry")
def transaction():
    bundle = Bundle({
        "type": "transaction",
        "entry": [{
            "resource": observation("transaction").as_json(),
            "request": {"method": "POST", "url": "Observation"},
        }],
    })  # fmt: skip
    answer = Bundle(bundle.create(SERVER))
    expect(answer.type, "transaction-response", "type")
    expect(answer.entry[0].response.status[:3], "201", "status")
    expect(len(found("transaction")), 1, "stored")


@check("what is wrong is refused with an OperationOutcome and stores nothing")
def refused():
    wrong = observation("wrong").as_json() | {"status": "done"}
    try:
        SERVER.post_json("Observation", wrong)
    except HTTPError as error:
        issue = error.response.json()["issue"][0]
        expect(issue["expression"], ["Observation.status"], "expression")
    else:
        raise AssertionError("expected a refusal")
    expect(found("wrong"), [], "stored")


@check("without a token nothing is read, and the answer says why")
def stranger():
    try:
        Patient.read(PATIENT, server(None))
    except FHIRUnauthorizedException as error:
        expect(error.response.json()["resourceType"], "OperationOutcome", "refusal")
    else:
        raise AssertionError("expected a refusal")


run()
