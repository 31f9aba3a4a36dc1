"""What schemathesis is told about this API: who may do what, and things that exist.

Generated ids exist nowhere. So that requests reach the rules behind the lookup, about half of them
get the id of something that is there, and the version it has; searches get parameters of R4.
"""

import atexit
import collections
import json
import os
import random
import re
import zlib

import requests
import schemathesis
from outside import World

WORLD = World()
#: Where the ids of a field's name come from.
COLLECTIONS = {
    "org": "/api/organizations",
    "patient": "/api/patients",
    "department": "/api/departments",
    "practitioner": "/api/practitioners",
    "ward": "/api/resources/wards",
    "bed": "/api/resources/beds",
    "session": "/api/resources/sessions",
    "equipment": "/api/resources/equipment",
    "referral": "/api/referrals",
}
NOWHERE = "00000000-0000-7000-8000-000000000000"
FHIR_TYPES = ["Patient", "Observation", "Encounter", "Condition", "Organization", "Task"]
FHIR_QUERIES = [
    {"_count": "1"}, {"_count": "-1"}, {"_sort": "-_lastUpdated"}, {"_id": "a,b"},
    {"date": "ge2026-02-30"}, {"code": "|"}, {"name": "\\"}, {"_include": "*"}, {"_has": ":::"},
    {"_summary": "count"}, {"_elements": "id"}, {"subject:Patient.name": "王"}, {"identifier": "a|b|c"},
    {"_lastUpdated": "sa1"}, {"_filter": "x eq y"}, {"value-quantity": "1e400"}, {"_since": "now"},
]  # fmt: skip
#: Where these are asked for, the document says no more than that it is an object.
FHIR_BODIES = {
    "/fhir": {"resourceType": "Bundle", "type": "batch", "entry": [
        {"request": {"method": "GET", "url": "Observation?_count=2"}}]},
    "/fhir/{type}/{id}/$everything": {"resourceType": "Parameters"},
    "/fhir/Patient/$match": {"resourceType": "Parameters", "parameter": [
        {"name": "resource", "resource": {"resourceType": "Patient", "birthDate": "1968-04-09"}}]},
    "/fhir/CodeSystem/$lookup": {"resourceType": "Parameters", "parameter": [
        {"name": "system", "valueUri": "http://hl7.org/fhir/sid/icd-10"},
        {"name": "code", "valueCode": "I63.9"}]},
    "/fhir/ValueSet/$expand": {"resourceType": "Parameters", "parameter": [
        {"name": "url", "valueUri": "http://hl7.org/fhir/sid/icd-10?fhir_vs"},
        {"name": "count", "valueInteger": 2}]},
}  # fmt: skip
OBSERVATION = {"resourceType": "Observation", "status": "final", "code": {"text": "体重"}}
#: Status codes each operation answered with.
ANSWERED = collections.defaultdict(collections.Counter)


def permissions():
    """Which accounts hold a permission."""
    holders = collections.defaultdict(list)
    for token in WORLD.tokens.values():
        session = asked("/api/session", token).json()
        for permission in session["permissions"]:
            holders[permission].append(token)
    return holders


def asked(path, token):
    headers = {"Authorization": f"Bearer {token}"}
    return requests.get(WORLD.url + path, headers=headers, timeout=60)


HOLDERS = permissions()
IDS = {}


def ids_of(path, token):
    """Ids of what a list shows."""
    if path not in IDS:
        answer = asked(path, token)
        listed = answer.json() if answer.ok else []
        items = listed.get("items", []) if isinstance(listed, dict) else listed
        found = [identity(item) for item in items if isinstance(item, dict)]
        IDS[path] = sorted({one for one in found if one})
    return IDS[path]


def identity(item):
    """The id of a list's item, which is in it or in the entity that it is about."""
    within = [item] + [value for value in item.values() if isinstance(value, dict)]
    return next((one["id"] for one in within if isinstance(one.get("id"), str)), None)


def token_for(operation):
    permission = operation.definition.raw.get("x-permission", "public")
    return (HOLDERS.get(permission) or [WORLD.token])[0]


@schemathesis.auth(cache_by_key=lambda case, _: token_for(case.operation))
class Permitted:
    """Each operation is asked by an account that may."""

    def get(self, case, _):
        return token_for(case.operation)

    def set(self, case, token, _):
        case.headers["Authorization"] = f"Bearer {token}"


@schemathesis.hook
def before_call(context, case, kwargs):
    """The same case gets the same of what is there."""
    told = f"{case.method} {case.path} {case.path_parameters} {case.query} {case.body!r}"
    chance = random.Random(zlib.crc32(told.encode("utf-8", "replace")))
    token = token_for(case.operation)
    places = case.path_parameters or {}
    if case.path.startswith("/fhir"):
        fhir_words(case, places, chance)
        fhir_body(case, places, chance)
    elif "id" in places and chance.random() < 0.5:
        listed = case.path.split("/{id}")[0]
        if known := ids_of(listed, token):
            places["id"] = chance.choice(known)
            if case.method not in ("GET", "HEAD"):
                shown = asked(f"{listed}/{places['id']}", token)
                case.headers["If-Match"] = shown.headers.get("ETag", '"1"')
    if places.get("id") in WORLD.keep and case.method != "GET":
        places["id"] = NOWHERE  # The accounts in use stay as they are.
    if isinstance(case.body, dict) and chance.random() < 0.7:
        fill(case.body, token, chance)


def fhir_words(case, places, chance):
    if "type" in places and chance.random() < 0.8:
        places["type"] = chance.choice(FHIR_TYPES)
    if "id" in places and chance.random() < 0.7:
        kind = places.get("type", "Patient")
        bundle = IDS.setdefault(f"/fhir/{kind}", None)
        if bundle is None:
            answer = asked(f"/fhir/{kind}?_count=20", WORLD.token)
            entries = answer.json().get("entry", []) if answer.ok else []
            bundle = IDS[f"/fhir/{kind}"] = [one["resource"]["id"] for one in entries]
        if bundle:
            places["id"] = chance.choice(bundle)
    if case.method == "GET" and chance.random() < 0.6:
        case.query = {**(case.query or {}), **chance.choice(FHIR_QUERIES)}


def fhir_body(case, places, chance):
    """A resource instead of what was made up, or a resource with what was made up in it."""
    given = FHIR_BODIES.get(case.path, OBSERVATION if "type" in places else None)
    if given is None or not isinstance(case.body, dict) or chance.random() < 0.3:
        return
    made_up = case.body if chance.random() < 0.4 else {}
    if given is OBSERVATION:
        places["type"] = "Observation"
        known = {"id": places["id"]} if "id" in places else {}
        given = given | {"subject": {"reference": f"Patient/{WORLD.patient}"}} | known
    case.body = {**made_up, **given}


def fill(body, token, chance):
    """Puts ids that exist where a field's name says of what."""
    for name, value in body.items():
        if isinstance(value, dict):
            fill(value, token, chance)
        elif isinstance(value, str) and name.endswith("_id"):
            what = re.split("_", name)[-2]
            if known := ids_of(COLLECTIONS.get(what, "/api/organizations"), token):
                body[name] = chance.choice(known)


@schemathesis.hook
def after_call(context, case, response):
    ANSWERED[f"{case.method} {case.operation.path}"][response.status_code] += 1


@atexit.register
def tell():
    """For the runner: which operations were reached, and how they answered."""
    with open(os.environ["LIANTI_ANSWERED"], "w", encoding="utf-8") as file:
        json.dump(ANSWERED, file)


@schemathesis.serializer("application/fhir+ndjson")
def lines(context, value):
    """Any value as lines of JSON."""
    return json.dumps(value).encode("utf-8", "replace")


@schemathesis.check
def refusal_has_its_shape(context, response, case):
    """A refusal under /api is a problem document, one under /fhir an OperationOutcome; what apps ask for
    tokens is answered as RFC 6749 has it."""
    if not 400 <= response.status_code < 500:
        return
    told = json.loads(response.content)
    path = response.request.url.removeprefix(WORLD.url)
    if re.match(r"/fhir([/?]|$)", path):
        issues = told.get("issue")
        assert told.get("resourceType") == "OperationOutcome", f"no OperationOutcome: {told}"
        assert issues and all(one["severity"] and one["code"] for one in issues), f"issues: {issues}"
    elif re.match(r"/smart/(token|introspect|revoke)", path):
        assert told.get("error"), f"no error of RFC 6749: {told}"
    else:
        lacking = {"type", "title", "status", "detail", "code", "trace_id"} - told.keys()
        assert not lacking, f"a problem document without {lacking}: {told}"
        assert told["status"] == response.status_code, f"status {told['status']} in the body"
