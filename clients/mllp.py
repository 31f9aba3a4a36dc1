"""PyPI `hl7` over MLLP: a hospital's system that sends ADT and ORU, and parses what is answered."""

import decimal
import time

import hl7
import requests
from checks import check, expect, run
from hl7.client import CR, EB, SB, MLLPClient
from outside import World

WORLD = World()
HOST, PORT = WORLD.hl7.split(":")
#: Numbers of another run are none of ours.
RUN = str(time.time_ns())
UTF8 = ("UNICODE UTF-8", "utf-8")
GB18030 = ("GB 18030-2000", "gb18030")
NAMES = {"utf-8": "青^禾一", "gb18030": "青^禾龘"}
PATIENCE_SECONDS = 60


def message(kind, number, segments, charset=UTF8[0], application=None):
    """A message as `hl7` writes it."""
    now = time.strftime("%Y%m%d%H%M%S", time.gmtime()) + "+0000"
    header = ["MSH", "^~\\&", application or WORLD.application, WORLD.facility, "LIANTI", ""]
    header += [now, "", kind, f"{number}-{RUN}", "P", "2.5.1", "", "", "", "", "", charset]
    return hl7.parse("\r".join(["|".join(header), *segments]) + "\r")


def answer(sent, encoding="utf-8"):
    """What comes back, parsed: a message of the same library."""
    with MLLPClient(HOST, int(PORT), encoding=encoding) as client:
        raw = client.send_message(sent)
    return parsed(raw, encoding)


def parsed(raw, encoding="utf-8"):
    assert raw.startswith(SB) and raw.endswith(EB + CR), f"expected an MLLP frame, found {raw!r}"
    return hl7.parse(raw[1:-2].decode(encoding))


def said(ack):
    """The acknowledgement code."""
    return str(ack.segment("MSA")[1])


def accepted(sent, encoding="utf-8"):
    ack = answer(sent, encoding)
    expect(said(ack), "AA", f"answer {ack}")
    expect(str(ack.segment("MSA")[2]), str(sent.segment("MSH")[10]), "MSA-2")
    expect(str(ack.segment("MSH")[5]), WORLD.application, "MSH-5")
    return ack


def person(number, name, birth="19610304", phone="13800001234"):
    return f"PID|1||{number}-{RUN}^^^H1^PI||{name}||{birth}|F|||青石村^^^^||{phone}"


def visit(number):
    return f"PV1|1|I|内科^01^3床||||||||||||||||{number}-{RUN}"


def search(query):
    headers = {"Authorization": WORLD.bearer}
    found = requests.get(f"{WORLD.fhir}/{query}", headers=headers, timeout=60)
    expect(found.status_code, 200, f"status of {query}: {found.text}")
    bundle = found.json(parse_float=decimal.Decimal)
    return [entry["resource"] for entry in bundle.get("entry", [])]


def eventually(query, fits, what):
    """What a search finds as soon as it fits: a registration appears under /fhir after its answer."""
    until = time.monotonic() + PATIENCE_SECONDS
    while True:
        found = search(query)
        if fits(found):
            return found
        assert time.monotonic() < until, f"expected {what} by {query}, found {found}"
        time.sleep(0.05)


def patients_named(name, birth):
    return f"Patient?name:exact={name}&birthdate={birth}"


@check("ADT^A01 admits: the patient is registered, the visit is an Encounter")
def admitted():
    segments = ["EVN||20261120080000", person("A1", "栾^青青", "19610305"), visit("VA1")]
    accepted(message("ADT^A01^ADT_A01", "A01", segments))
    eventually(patients_named("栾青青", "1961-03-05"), lambda found: len(found) == 1, "one patient")
    encounters = search(f"Encounter?identifier=VA1-{RUN}")
    expect([one["status"] for one in encounters], ["in-progress"], "encounters")


@check("ADT^A08 changes the same patient")
def changed():
    segments = ["EVN||20261120090000", person("A1", "栾^青禾", "19610305"), visit("VA1")]
    accepted(message("ADT^A08^ADT_A01", "A08", segments))
    eventually(patients_named("栾青禾", "1961-03-05"), lambda found: len(found) == 1, "one patient")
    expect(search(patients_named("栾青青", "1961-03-05")), [], "patients of the old name")


@check("ADT^A40 merges two numbers; into itself is refused with the place")
def merged():
    first = ["EVN||20261120100000", person("M1", "蒲^合一", "19550607", "13800005678")]
    second = ["EVN||20261120100000", person("M2", "向^分二", "19700809", "13800009876")]
    accepted(message("ADT^A28^ADT_A05", "M1", first))
    accepted(message("ADT^A28^ADT_A05", "M2", second))
    two = eventually(patients_named("向分二", "1970-08-09"), lambda found: found, "the second")
    one = eventually(patients_named("蒲合一", "1955-06-07"), lambda found: found, "the first")
    itself = [*first, f"MRG|M1-{RUN}^^^H1^PI"]
    ack = answer(message("ADT^A40^ADT_A39", "M3", itself))
    expect(said(ack), "AE", f"answer {ack}")
    expect(str(ack.segment("ERR")[2]), "MRG^1^1", "ERR-2")
    accepted(message("ADT^A40^ADT_A39", "M4", [*first, f"MRG|M2-{RUN}^^^H1^PI"]))
    replaced = eventually(
        f"Patient?_id={two[0]['id']}",
        lambda found: [each["id"] for each in found] == [one[0]["id"]],
        "the one that stands",
    )
    assert replaced, "expected the old id to lead to the one that stands"


def results(label, charset, encoding):
    """An ORU whose Chinese text comes in this charset; its report, as stored."""
    name = NAMES[encoding]
    number = f"R-{label}"
    segments = [
        person(number, name, "19800101", "13800004321"),
        f"OBR|1||{number}-{RUN}|血常规^血细胞分析^99L|||20261121083000|||||||||||||||20261121100000||HM|F",
        "OBX|1|NM|WBC^白细胞计数^99L||5.60|10*9/L|3.5-9.5||||F",
        "OBX|2|ST|NOTE^备注^99L||标本轻度溶血，镕龘||||||F",
    ]
    accepted(message("ORU^R01^ORU_R01", number, segments, charset), encoding)
    reports = search(f"DiagnosticReport?identifier={number}-{RUN}")
    expect(len(reports), 1, "reports")
    return reports[0], search(f"Observation?patient={reports[0]['subject']['reference']}")


def chinese_results(label, charset):
    report, observations = results(label, *charset)
    texts = {one["code"]["coding"][0].get("display"): one for one in observations}
    white = texts["白细胞计数"]
    expect(str(white["valueQuantity"]["value"]), "5.60", "value, with its digits")
    assert "血细胞分析" in str(report["code"]), f"expected the name of the panel: {report['code']}"
    expect(texts["备注"]["valueString"], "标本轻度溶血，镕龘", "text")


@check("ORU^R01 in UTF-8: a report with its results")
def results_utf8():
    chinese_results("utf8", UTF8)


@check("ORU^R01 in GB18030, with characters of four bytes: the same")
def results_gb18030():
    chinese_results("gb18030", GB18030)


@check("the answer comes in the charset of the question")
def charset_of_the_answer():
    wrong = message("ADT^A04^ADT_A01", "C1", ["EVN||20261120"], GB18030[0])
    ack = answer(wrong, GB18030[1])
    expect(said(ack), "AE", f"answer {ack}")
    expect(str(ack.segment("MSH")[18]), GB18030[0], "MSH-18")


@check("bytes that do not fit the charset are refused with segment and field")
def wrong_charset():
    segments = ["EVN||20261120", person("W1", "错^编码")]
    ack = answer(message("ADT^A28^ADT_A05", "W1", segments, UTF8[0]), GB18030[1])
    expect(said(ack), "AR", f"answer {ack}")
    expect(str(ack.segment("ERR")[2]).split("^")[:2], ["PID", "1"], "ERR-2")


@check("a repetition by MSH-10 gets the answer that was given, and is not done again")
def repeated():
    segments = ["EVN||20261120", person("D1", "重^复", "19400506"), visit("VD1")]
    sent = message("ADT^A01^ADT_A01", "D1", segments)
    first, second = accepted(sent), accepted(sent)
    expect(str(second.segment("MSA")), str(first.segment("MSA")), "MSA")
    expect(len(search(f"Encounter?identifier=VD1-{RUN}")), 1, "encounters")


@check("the same MSH-10 with another content is refused")
def reused():
    other = ["EVN||20261120", person("D2", "另^一个", "19410506")]
    sent = message("ADT^A01^ADT_A01", "D1", other)
    ack = answer(sent)
    expect(said(ack), "AE", f"answer {ack}")
    assert "205" in str(ack.segment("ERR")), f"expected error 205: {ack}"


@check("a message without MSH is refused")
def without_header():
    with MLLPClient(HOST, int(PORT)) as client:
        ack = parsed(client.send_message(f"{person('N1', '无^头')}\r".encode()))
    expect(said(ack), "AR", f"answer {ack}")
    assert "100" in str(ack.segment("ERR")), f"expected error 100: {ack}"


@check("a message that is cut off is refused, and nothing of it is stored")
def truncated():
    segments = ["EVN||20261120", person("T1", "截^断", "19420506"), visit("VT1")]
    whole = str(message("ADT^A01^ADT_A01", "T1", segments)).encode()
    with MLLPClient(HOST, int(PORT)) as client:
        ack = parsed(client.send(SB + whole[:-6] + EB + CR))
        expect(said(ack), "AR", f"answer {ack}")
        expect(search(f"Encounter?identifier=VT1-{RUN}"), [], "encounters")
        again = parsed(client.send(SB + whole + EB + CR))
    expect(said(again), "AA", f"answer to the whole message over the same connection {again}")


@check("a sender that nobody entered is refused")
def stranger():
    sent = message("ADT^A28^ADT_A05", "S1", [person("S1", "陌^生")], application="NOBODY")
    expect(said(answer(sent)), "AR", "answer")


run()
