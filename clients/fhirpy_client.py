"""fhirpy: what its users do, with its own calls. (Its PATCH is a merge, which R4 does not know.)"""

import asyncio

from checks import check, expect, run
from fhirpy import AsyncFHIRClient, SyncFHIRClient
from fhirpy.base.exceptions import (
    AuthorizationError,
    MultipleResourcesFound,
    OperationOutcome,
    ResourceNotFound,
)
from outside import World

WORLD = World()
CLIENT = SyncFHIRClient(WORLD.fhir, authorization=WORLD.bearer)
PATIENT = WORLD.register("梅测试")
LOINC = "http://loinc.org"
WEIGHT = "29463-7"
#: Numbers of another run are none of ours.
SYSTEM = f"urn:example:fhirpy:{PATIENT}"


def observation(number, value=None):
    """A weight that bears a number of ours."""
    return {
        "status": "final",
        "identifier": [{"system": SYSTEM, "value": number}],
        "code": {"coding": [{"system": LOINC, "code": WEIGHT}]},
        "subject": {"reference": f"Patient/{PATIENT}"},
        "effectiveDateTime": "2026-11-01T08:00:00+08:00",
        "valueQuantity": {"value": value or 61.5, "system": "http://unitsofmeasure.org", "code": "kg"},
    }


def stored(number, value=None):
    return CLIENT.resource("Observation", **observation(number, value)).save()


@check("a resource that is saved has an id and a version, and is read back as it is")
def save_and_read():
    saved = stored("save")
    expect(saved["meta"]["versionId"], "1", "version")
    read = CLIENT.get("Observation", saved.id)
    expect(dict(read), dict(saved), "what is read")


@check("saving again makes the next version")
def save_again():
    saved = stored("again")
    saved["status"] = "amended"
    saved.save()
    expect(CLIENT.get("Observation", saved.id)["meta"]["versionId"], "2", "version")
    expect(CLIENT.get("Observation", saved.id)["status"], "amended", "status")


@check("what is deleted is not found any more")
def delete():
    saved = stored("delete")
    saved.delete()
    found = refusal(lambda: CLIENT.get("Observation", saved.id), ResourceNotFound)
    assert '"OperationOutcome"' in str(found), f"expected an OperationOutcome, found {found}"


@check("an update by condition creates once, then updates")
def conditional_update():
    search = CLIENT.resources("Observation").search(identifier=f"{SYSTEM}|conditional")
    first, created = search.update(CLIENT.resource("Observation", **observation("conditional")))
    expect(created, True, "created the first time")
    again, created = search.update(CLIENT.resource("Observation", **observation("conditional", 62)))
    expect(created, False, "created the second time")
    expect(again.id, first.id, "id")
    expect(search.get()["valueQuantity"]["value"], 62, "value")


@check("an update by a condition that fits two is refused")
def two_fit():
    search = CLIENT.resources("Observation").search(code=f"{LOINC}|{WEIGHT}", patient=PATIENT)
    assert len(search.limit(2).fetch()) == 2, "expected two weights from the checks before"
    new = CLIENT.resource("Observation", **observation("two"))
    refusal(lambda: search.update(new), MultipleResourcesFound)


@check("paging to the end finds each once")
def paging():
    numbers = sorted(f"page-{number}" for number in range(7))
    for number in numbers:
        stored(number)
    search = CLIENT.resources("Observation").search(patient=PATIENT).sort("-_lastUpdated").limit(2)
    found = [one["identifier"][0]["value"] for one in search]
    expect(sorted(one for one in found if one.startswith("page-")), numbers, "numbers found")
    expect(len(found), len(set(found)), "resources, each once")


@check("a count of nothing but the total is the total")
def count():
    lenient = SyncFHIRClient(
        WORLD.fhir, authorization=WORLD.bearer, extra_headers={"Prefer": "handling=lenient"}
    )
    search = lenient.resources("Observation").search(identifier=f"{SYSTEM}|save")
    expect(search.count(), 1, "count")


@check("included resources come along")
def include():
    search = CLIENT.resources("Observation").search(identifier=f"{SYSTEM}|save")
    bundle = search.include("Observation", "subject").fetch_raw()
    modes = {(entry["resource"]["resourceType"], entry["search"]["mode"]) for entry in bundle["entry"]}
    expect(modes, {("Observation", "match"), ("Patient", "include")}, "entries")


@check("a reference leads to its resource")
def reference():
    found = CLIENT.resources("Observation").search(identifier=f"{SYSTEM}|save").first()
    patient = found["subject"].to_resource()
    expect((patient.resource_type, patient.id), ("Patient", PATIENT), "resource")


@check("a transaction is stored as a whole, with links by urn:uuid")
def transaction():
    uuid = "urn:uuid:0f3c1f0e-6d3a-4a51-9d0f-2f1a6a2b7c11"
    panel = observation("panel") | {"resourceType": "Observation", "hasMember": [{"reference": uuid}]}
    member = observation("member") | {"resourceType": "Observation"}
    entries = [
        {"fullUrl": uuid, "resource": member, "request": {"method": "POST", "url": "Observation"}},
        {"resource": panel, "request": {"method": "POST", "url": "Observation"}},
    ]
    answer = CLIENT.resource("Bundle", type="transaction", entry=entries).save()
    expect(answer["type"], "transaction-response", "type")
    expect([one["response"]["status"][:3] for one in answer["entry"]], ["201", "201"], "statuses")
    stored_panel = CLIENT.resources("Observation").search(identifier=f"{SYSTEM}|panel").get()
    member = CLIENT.resources("Observation").search(identifier=f"{SYSTEM}|member").get()
    expect(stored_panel["hasMember"][0]["reference"], f"Observation/{member.id}", "link")


@check("$validate says what is wrong, where")
def validate():
    good = CLIENT.resource("Observation", **observation("valid"))
    expect(good.is_valid(), True, "a good resource")
    bad = CLIENT.resource("Observation", **observation("valid") | {"status": "done"})
    expect(bad.is_valid(), False, "a bad resource")


@check("a refusal is an OperationOutcome that names the place")
def refused():
    bad = CLIENT.resource("Observation", **observation("bad") | {"effectiveDateTime": "2026-02-30"})
    outcome = refusal(bad.save, OperationOutcome).resource
    issue = outcome["issue"][0]
    expect(issue["severity"], "error", "severity")
    expect(issue["expression"], ["Observation.effective"], "expression")


@check("a merge instead of a patch is refused with an OperationOutcome")
def merge():
    saved = stored("merge")
    outcome = refusal(lambda: saved.patch(status="amended"), OperationOutcome).resource
    expect(outcome["resourceType"], "OperationOutcome", "refusal")
    expect(CLIENT.get("Observation", saved.id)["status"], "final", "status")


@check("who has no token is told so")
def stranger():
    nobody = SyncFHIRClient(WORLD.fhir)
    refusal(lambda: nobody.resources("Patient").fetch(), AuthorizationError)


@check("eight tasks at once with one condition make one resource")
async def race():
    client = AsyncFHIRClient(WORLD.fhir, authorization=WORLD.bearer)
    search = client.resources("Observation").search(identifier=f"{SYSTEM}|race")

    async def put():
        return await search.update(client.resource("Observation", **observation("race")))

    results = await asyncio.gather(*(put() for _ in range(8)))
    expect(len({resource.id for resource, _ in results}), 1, "different ids")
    expect(sum(created for _, created in results), 1, "times it was created")


def refusal(command, kind):
    """The refusal of this kind that a command meets."""
    try:
        found = command()
    except kind as error:
        return error
    raise AssertionError(f"expected {kind.__name__}, found {found!r}")


run()
