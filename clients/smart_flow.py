"""fhirclient as an app: it discovers, sends somebody to agree, exchanges its code and refreshes."""

import urllib.parse

from checks import check, expect, run
from fhirclient.client import FHIRClient
from fhirclient.models.observation import Observation
from fhirclient.models.patient import Patient
from fhirclient.server import FHIRNotFoundException, FHIRPermissionDeniedException
from outside import DOCTOR, Person, World
from requests import HTTPError

WORLD = World()
REDIRECT = "http://127.0.0.1:9/callback"
SCOPE = "openid fhirUser launch/patient patient/*.rs offline_access"

DOCTOR_SESSION = Person(WORLD.url, DOCTOR)
ADMIN = Person(WORLD.url, "security-admin")


def registered(scopes):
    """An app for the doctor's organization: its id."""
    app = {
        "org_id": DOCTOR_SESSION.org_id,
        "name": "外部应用",
        "client": "public",
        "redirect_uris": [REDIRECT],
        "scopes": scopes,
        "everyone": True,
        "state": "active",
    }
    return ADMIN.ask("POST", "/api/smart/apps", app)["app"]["id"]


def patient(name):
    """A patient of the doctor's organization."""
    new = {"name": name, "sex": "female", "birth_date": "1968-04-09"}
    answer = DOCTOR_SESSION.session.post(f"{WORLD.url}/api/patients", json=new, timeout=60)
    if answer.status_code == 409:  # From an earlier run against the same server.
        new["not_same_as"] = answer.json()["data"]["patient_ids"]
        return DOCTOR_SESSION.ask("POST", "/api/patients", new)["patient"]["id"]
    return answer.json()["patient"]["id"]


OWN, OTHER = patient("樟测试"), patient("榆测试")
APP = registered(SCOPE.split())


def agreed(address, patient_id, allow=True):
    """What the consent screen does: where the person is sent back to."""
    query = urllib.parse.urlsplit(address).query
    body = {"query": query, "allow": allow, "patient_id": patient_id}
    return DOCTOR_SESSION.ask("POST", "/api/smart/decisions", body)["location"]


def client():
    """An app that has not asked yet."""
    return FHIRClient(
        settings={
            "app_id": APP,
            "api_base": WORLD.fhir,
            "redirect_uri": REDIRECT,
            "scope": SCOPE,
        }
    )


@check("the app finds where to ask, and its person agrees")
def flow():
    smart = client()
    address = smart.authorize_url
    assert address.startswith(f"{WORLD.url}/smart/authorize?"), f"found {address}"
    smart.handle_callback(agreed(address, OWN))
    assert smart.ready, "the app has no token"
    expect(smart.patient_id, OWN, "the patient it is for")
    expect(smart.patient.name[0].text, "樟测试", "their name")


@check("its token shows that patient and no other, and refuses to write")
def reach():
    smart = client()
    smart.handle_callback(agreed(smart.authorize_url, OWN))
    seen = [one.id for one in Patient.where({}).perform_resources_iter(smart.server)]
    expect(seen, [OWN], "patients found")
    for act in [lambda: Patient.read(OTHER, smart.server), lambda: written(smart.server)]:
        try:
            act()
        except (HTTPError, FHIRPermissionDeniedException) as error:
            expect(error.response.status_code, 403, "status")
            expect(error.response.json()["resourceType"], "OperationOutcome", "refusal")
        except FHIRNotFoundException as error:
            raise AssertionError(f"found {error.response.status_code}") from error
        else:
            raise AssertionError("it was let through")


def written(server):
    """An observation of the patient it may only read."""
    body = {"status": "final", "code": {"text": "x"}, "subject": {"reference": f"Patient/{OWN}"}}
    return Observation(body).create(server)


@check("it refreshes, and an old refresh token ends everything")
def refresh():
    smart = client()
    smart.handle_callback(agreed(smart.authorize_url, OWN))
    auth = smart.server.auth
    first = auth.refresh_token
    assert smart.reauthorize() is not None, "no new token"
    assert auth.refresh_token != first, "the refresh token stayed the same"
    expect(Patient.read(OWN, smart.server).id, OWN, "read with the new token")
    auth.refresh_token = first
    try:
        smart.reauthorize()
    except HTTPError as error:
        expect(error.response.json()["error"], "invalid_grant", "refusal")
    else:
        raise AssertionError("the old one worked again")


@check("who does not agree is sent back with that")
def refused():
    smart = client()
    try:
        smart.handle_callback(agreed(smart.authorize_url, None, allow=False))
    except Exception as error:  # The library raises this class itself.
        assert "did not agree" in str(error) or "access_denied" in str(error), str(error)
    else:
        raise AssertionError("it was let through")


run()
