"""Everything the server emits, parsed by two independent sets of models.

fhirclient's are R4 4.0.1 and strict: no element it does not know, none of the wrong type, none that
is required left out; what it parsed is written again and compared. fhir.resources' are R4B (its
newest with R4's data types): it checks the formats of primitive values too. Types whose R4B model
is not R4's are left to fhirclient (`R4_ONLY`). Neither checks bindings, invariants or references.
"""

import importlib
import json
import pathlib
import warnings

import requests
from checks import check, expect, run
from fhir.resources.R4B import get_fhir_model_class
from fhirclient.models.fhirabstractbase import FHIRValidationError
from outside import World
from pydantic import ValidationError

warnings.simplefilter("ignore")
WORLD = World()
ROOT = pathlib.Path(__file__).resolve().parent.parent
EXAMPLES = ROOT / "target" / "fhir-r4-examples" / "package"
PAGES_MAX = 3
PAGE = 100
READERS = ["attending-doctor", "referral-office", "general-practitioner"]
#: In R4B withdrawn or of another shape.
R4_ONLY = {
    "EffectEvidenceSynthesis", "Evidence", "MedicinalProduct", "MedicinalProductAuthorization",
    "MedicinalProductContraindication", "MedicinalProductIndication", "MedicinalProductIngredient",
    "MedicinalProductInteraction", "MedicinalProductManufactured", "MedicinalProductPackaged",
    "MedicinalProductPharmaceutical", "MedicinalProductUndesirableEffect",
    "RiskEvidenceSynthesis", "SubstanceNucleicAcid", "SubstancePolymer", "SubstanceProtein",
    "SubstanceReferenceInformation", "SubstanceSourceMaterial", "SubstanceSpecification",
}  # fmt: skip
#: What the platform's modules keep, and clients do not write.
PROJECTED = {
    "Patient", "AllergyIntolerance", "Condition", "Organization", "Practitioner",
    "PractitionerRole", "Location", "Schedule", "Slot", "ServiceRequest", "Task",
}  # fmt: skip
#: Of these there is no official example, or none that is valid, or only such as go beyond what the
#: platform keeps of a consent.
MADE = {
    "Consent": {
        "status": "active",
        "scope": {
            "coding": [
                {
                    "system": "http://terminology.hl7.org/CodeSystem/consentscope",
                    "code": "patient-privacy",
                }
            ]
        },
        "category": [{"coding": [{"system": "http://loinc.org", "code": "59284-0"}]}],
        "patient": {"reference": "Patient/ours"},
        "policyRule": {"text": "本平台授权规则"},
        "provision": {
            "type": "deny",
            "class": [{"system": "urn:lianti:record-category", "code": "immunizations"}],
        },
    },
    "DeviceMetric": {
        "type": {"text": "心率"},
        "category": "measurement",
    },
    "DeviceUseStatement": {
        "status": "active",
        "subject": {"reference": "Patient/example"},
        "device": {"display": "制氧机"},
    },
    "Parameters": {"parameter": [{"name": "dose", "valueDecimal": 1.5}]},
    "Subscription": {
        "status": "requested",
        "reason": "检查",
        "criteria": "Observation?code=nothing",
        "channel": {"type": "rest-hook", "endpoint": "http://127.0.0.1:9/fhir"},
    },
    "SubstanceNucleicAcid": {"numberOfSubunits": 2},
    "SubstancePolymer": {"modification": ["无"]},
    "SubstanceProtein": {"numberOfSubunits": 2},
    "SubstanceReferenceInformation": {"comment": "无"},
    "SubstanceSourceMaterial": {"organismName": "示例"},
}
SEEN = {}


def asked(path, method="GET", body=None, token=WORLD.token, **headers):
    headers |= {"Authorization": f"Bearer {token}"}
    if body is not None:
        headers.setdefault("Content-Type", "application/fhir+json")
    data = None if body is None else json.dumps(body)
    address = f"{WORLD.fhir}/{path}".rstrip("/")
    return requests.request(method, address, headers=headers, data=data, timeout=60)


def faults(resource):
    """What the models have against a resource; nothing when it is right."""
    kind = resource["resourceType"]
    SEEN[kind] = SEEN.get(kind, 0) + 1
    return [*faults_of_fhirclient(kind, resource), *faults_of_fhir_resources(kind, resource)]


def faults_of_fhirclient(kind, resource):
    model = getattr(importlib.import_module(f"fhirclient.models.{kind.lower()}"), kind)
    try:
        again = model(resource, strict=True).as_json()
    except FHIRValidationError as error:
        return [f"fhirclient: {error}"]
    return [] if again == resource else [f"fhirclient: written again it differs: {again}"]


def faults_of_fhir_resources(kind, resource):
    contained = {kind, *kinds_in(resource)}
    if contained & R4_ONLY:
        return []
    try:
        get_fhir_model_class(kind).model_validate(resource)
    except ValidationError as error:
        return [f"fhir.resources: {error}"]
    return []


def kinds_in(value):
    """Types of the resources within."""
    if isinstance(value, dict):
        if isinstance(value.get("resourceType"), str):
            yield value["resourceType"]
        for one in value.values():
            yield from kinds_in(one)
    elif isinstance(value, list):
        for one in value:
            yield from kinds_in(one)


def right(answer, status=200):
    """The resource that an answer carries, after both models had nothing against it."""
    expect(answer.status_code, status, f"status of {answer.request.method} {answer.url}")
    resource = answer.json()
    found = faults(resource)
    assert not found, f"{answer.request.method} {answer.url}: {found[:3]} in {answer.text[:2000]}"
    return resource


def types():
    statement = asked("metadata").json()
    return [one["type"] for one in statement["rest"][0]["resource"]]


PATIENT = WORLD.register("兰测试", phone="13900000000")
STORED = {}


def example(kind):
    """The official examples of a type, small ones first, about a patient of ours."""
    if kind in MADE:
        yield about_ours({"resourceType": kind} | MADE[kind])
    for path in sorted(EXAMPLES.glob(f"{kind}-*.json"), key=lambda path: path.stat().st_size):
        text = path.read_text(encoding="utf-8")
        resource = json.loads(text)
        if resource.get("resourceType") == kind:
            resource.pop("id", None)
            yield about_ours(resource)


def about_ours(value):
    """The same with each reference to a patient, person of the directory or place led to ours."""
    if isinstance(value, dict):
        reference = value.get("reference")
        if isinstance(reference, str) and reference.startswith("Patient/"):
            return value | {"reference": f"Patient/{PATIENT}"}
        return {name: about_ours(one) for name, one in value.items()}
    if isinstance(value, list):
        return [about_ours(one) for one in value]
    return value


@check("the CapabilityStatement, with every type of R4")
def capability():
    right(asked("metadata"))
    assert len(types()) >= 145, f"expected all types, found {len(types())}"


@check("all that the demonstration shows to a doctor, a referral office and a township's doctor")
def demonstration():
    shown = {}
    for role in READERS:
        for kind in types():
            url = f"{kind}?_count={PAGE}"
            for _ in range(PAGES_MAX):
                bundle = right(asked(url, token=WORLD.tokens[role]))
                for entry in bundle.get("entry", []):
                    found = faults(entry["resource"])
                    assert not found, f"{entry['fullUrl']}: {found[:3]}"
                    shown[kind] = shown.get(kind, 0) + 1
                links = {one["relation"]: one["url"] for one in bundle["link"]}
                if "next" not in links:
                    break
                url = links["next"].removeprefix(f"{WORLD.fhir}/")
    missing = PROJECTED - {"AllergyIntolerance", "Slot"} - shown.keys()
    assert not missing, f"expected some of each of the platform's own, none of {missing}"
    print(f"        {sum(shown.values())} resources of {len(shown)} types")


@check("one of each other type, stored and given back")
def every_type():
    refused = {}
    for kind in sorted(set(types()) - PROJECTED):
        for resource in example(kind):
            if faults(resource):
                continue  # Official examples that the models themselves do not take.
            answer = asked(kind, "POST", resource)
            if answer.status_code == 201:
                STORED[kind] = right(answer, 201)["id"]
                right(asked(f"{kind}/{STORED[kind]}"))
                right(asked(f"{kind}/{STORED[kind]}/_history"))
                right(asked(f"{kind}?_id={STORED[kind]}"))
                break
            refused[kind] = answer.text
    untried = set(types()) - PROJECTED - STORED.keys()
    told = {kind: refused.get(kind, "no example that the models take") for kind in untried}
    assert not untried, f"expected one of each type to be stored, not so: {told}"
    print(f"        {len(STORED)} types")


@check("refusals are OperationOutcomes")
def refusals():
    expect(right(asked("Observation/nowhere"), 404)["resourceType"], "OperationOutcome", "type")
    right(asked("Observation?no-such-parameter=1"), 400)
    right(asked("Observation", "POST", {"resourceType": "Observation"}), 422)
    right(asked("Patient", "POST", {"resourceType": "Patient"}), 422)
    right(asked("Observation?date=ge2026-02-30"), 400)
    nobody = requests.get(f"{WORLD.fhir}/Patient", timeout=60)
    right(nobody, 401)


@check("bundles: transaction, batch, history, $everything, $lastn, $document")
def bundles():
    observation = {
        "resourceType": "Observation",
        "status": "final",
        "code": {"coding": [{"system": "http://loinc.org", "code": "8310-5"}]},
        "subject": {"reference": f"Patient/{PATIENT}"},
        "effectiveDateTime": "2026-11-03T07:00:00+08:00",
        "valueQuantity": {"value": 36.80, "system": "http://unitsofmeasure.org", "code": "Cel"},
    }
    post = {"resource": observation, "request": {"method": "POST", "url": "Observation"}}
    get = {"request": {"method": "GET", "url": f"Patient/{PATIENT}"}}
    lost = {"request": {"method": "GET", "url": "Patient/nowhere"}}
    for kind, entries in [("transaction", [post, get]), ("batch", [post, get, lost])]:
        right(asked("", "POST", {"resourceType": "Bundle", "type": kind, "entry": entries}))
    right(asked(f"Patient/{PATIENT}/$everything"))
    right(asked("Observation/_history?_count=20"))
    right(asked("_history?_count=50"))
    right(asked(f"Observation/$lastn?patient={PATIENT}&max=1"))
    right(asked("Observation/_search", "POST"), 200)
    composition = {
        "resourceType": "Composition",
        "status": "final",
        "type": {"text": "小结"},
        "subject": {"reference": f"Patient/{PATIENT}"},
        "date": "2026-11-03",
        "author": [{"reference": f"Patient/{PATIENT}"}],
        "title": "小结",
    }
    stored = right(asked("Composition", "POST", composition), 201)
    right(asked(f"Composition/{stored['id']}/$document"))


@check("parts and pages of a resource: _elements, _summary, _include")
def parts():
    right(asked(f"Observation?patient={PATIENT}&_elements=code"))
    for summary in ["true", "data", "count", "false"]:
        right(asked(f"Observation?patient={PATIENT}&_summary={summary}"))
    right(asked(f"Observation?patient={PATIENT}&_include=Observation:subject&_total=accurate"))
    right(asked(f"Observation?patient={PATIENT}&no-such=1", Prefer="handling=lenient"))


@check("terminology: Parameters and an expanded ValueSet")
def terminology():
    icd = "http://hl7.org/fhir/sid/icd-10"
    expanded = right(asked(f"ValueSet/$expand?url={icd}?fhir_vs&count=5"))
    code = expanded["expansion"]["contains"][0]["code"]
    right(asked(f"CodeSystem/$lookup?system={icd}&code={code}"))
    right(asked(f"CodeSystem/$validate-code?url={icd}&code={code}"))
    right(asked(f"CodeSystem/$validate-code?url={icd}&code=no-such"))
    right(asked(f"ValueSet/$validate-code?url={icd}?fhir_vs&system={icd}&code={code}"))
    right(asked(f"CodeSystem/$lookup?system={icd}&code=no-such"), 404)


@check("$match and $validate")
def match():
    asking = {"resourceType": "Patient", "name": [{"text": "兰测试"}], "birthDate": "1968-04-09"}
    asking["gender"] = "female"
    parameters = {
        "resourceType": "Parameters",
        "parameter": [{"name": "resource", "resource": asking}],
    }
    found = right(asked("Patient/$match", "POST", parameters))
    ids = [one["resource"]["id"] for one in found.get("entry", [])]
    assert PATIENT in ids, f"expected {PATIENT} among {ids}"
    right(asked("Observation/$validate", "POST", {"resourceType": "Observation"}))


run()
