"""What administrators do once before a system outside may speak: accounts, tokens, a sender."""

import datetime
import functools
import json
import os
import pathlib

import requests

DOCTOR = "attending-doctor"
APPLICATION = "CLIENTS"
FACILITY = "H1"
CHINA = datetime.timezone(datetime.timedelta(hours=8))


class Person:
    """Somebody of the demonstration, signed in with cookies as a browser is."""

    def __init__(self, url, role):
        self.url = url
        self.session = requests.Session()
        offered = requests.get(f"{url}/api/demo/accounts", timeout=60).json()
        account_id = next(one["account_id"] for one in offered if one["role"] == role)
        self.ask("POST", "/api/demo/session", {"account_id": account_id})
        self.session.headers["X-CSRF-Token"] = self.session.cookies["lianti_csrf"]
        self.org_id = self.ask("GET", "/api/session")["assignment"]["org_id"]

    def ask(self, method, path, body=None):
        """What the server answers; anything but success is an end of the run."""
        answer = self.session.request(method, self.url + path, json=body, timeout=60)
        if not answer.ok:
            raise SystemExit(f"{method} {path}: {answer.status_code} {answer.text}")
        return answer.json() if answer.content else None


def system(security, role, org_id):
    """A system's account in this role: its secret, and the ids that must stay as they are."""
    first = {"role": role, "org_id": org_id}
    new = {"username": f"clients-{role}", "name": "外部系统", "system": True, "assignment": first}
    account = security.ask("POST", "/api/accounts", new)["account"]
    expires_at = datetime.datetime.now(datetime.UTC) + datetime.timedelta(days=2)
    account_id = account["account"]["id"]
    assignment_id = account["assignments"][0]["assignment"]["id"]
    wanted = {
        "name": "clients",
        "assignment_id": assignment_id,
        "expires_at": expires_at.isoformat(),
    }
    created = security.ask("POST", f"/api/accounts/{account_id}/tokens", wanted)
    return created["secret"], [account_id, assignment_id, created["token"]["id"]]


def allow_notices(operator):
    """Subscriptions may name this address; nobody listens there."""
    rules = "/api/rule-sets/fhir.subscriptions"
    shown = operator.ask("GET", rules)
    newest = next(one for one in shown["versions"] if one["version"] == shown["newest"])
    today = datetime.datetime.now(CHINA).date()
    version = {
        "after": shown["newest"],
        "effective_from": today.isoformat(),
        "source": "独立客户端检查",
        "body": newest["body"] | {"hosts": ["127.0.0.1:9"]},
    }
    operator.ask("POST", f"{rules}/versions", version)


def prepare(url, hl7, folder):
    """Writes what the clients need to know to a file, and answers its path."""
    security = Person(url, "security-admin")
    org_id = security.org_id
    roles = {one["role"] for one in requests.get(f"{url}/api/demo/accounts", timeout=60).json()}
    systems = {role: system(security, role, org_id) for role in sorted(roles - {"resident"})}
    tokens = {role: secret for role, (secret, _) in systems.items()}
    sender = {
        "name": "外部系统",
        "org_id": org_id,
        "application": APPLICATION,
        "facility": FACILITY,
    }
    operator = Person(url, "system-admin")
    operator.ask("POST", "/api/hl7/senders", sender)
    allow_notices(operator)
    known = {
        "url": url,
        "hl7": hl7,
        "application": APPLICATION,
        "facility": FACILITY,
        "org_id": org_id,
        "token": tokens[DOCTOR],
        "tokens": tokens,
        "keep": [one for _, ids in systems.values() for one in ids],
    }
    path = pathlib.Path(folder) / "world.json"
    path.write_text(json.dumps(known), encoding="utf-8")
    return path


class World:
    """What a client was told: addresses and secrets."""

    def __init__(self):
        path = os.environ.get("LIANTI_WORLD")
        if not path:
            raise SystemExit("run this by clients/run.py, which starts a server for it")
        self.__dict__ = json.loads(pathlib.Path(path).read_text(encoding="utf-8"))
        self.fhir = f"{self.url}/fhir"
        self.bearer = f"Bearer {self.token}"

    @functools.cached_property
    def patient(self):
        """One patient of the account's organization."""
        return self.register("柏测试")

    def register(self, name, **more):
        """A new patient of the account's organization, registered at the API."""
        new = {"name": name, "sex": "female", "birth_date": "1968-04-09"} | more
        headers = {"Authorization": self.bearer}
        address = f"{self.url}/api/patients"
        answer = requests.post(address, json=new, headers=headers, timeout=60)
        if answer.status_code == 409:  # From an earlier run against the same server.
            new["not_same_as"] = answer.json()["data"]["patient_ids"]
            answer = requests.post(address, json=new, headers=headers, timeout=60)
        if answer.status_code != 201:
            raise SystemExit(f"POST /api/patients: {answer.status_code} {answer.text}")
        return answer.json()["patient"]["id"]
