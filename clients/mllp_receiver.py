"""PyPI `hl7` as a hospital's system that is sent what happens here, in both charsets."""

import asyncio
import queue
import threading
import time

from checks import check, expect, run
from hl7.mllp import start_hl7_server
from outside import Person, World

WORLD = World()
PATIENCE_SECONDS = 60
ENCODINGS = {"utf8": "utf-8", "gb18030": "gb18030"}
OPERATOR = Person(WORLD.url, "system-admin")


class Station:
    """Listens, keeps what comes, and acknowledges it as `hl7` does."""

    def __init__(self, encoding):
        self.came = queue.Queue()
        self.encoding = encoding
        self.ready = threading.Event()
        self.port = None
        threading.Thread(target=lambda: asyncio.run(self._listen()), daemon=True).start()
        assert self.ready.wait(PATIENCE_SECONDS), "expected the station to listen"

    async def _listen(self):
        server = await start_hl7_server(
            self._serve, "127.0.0.1", 0, encoding=self.encoding
        )
        self.port = server.sockets[0].getsockname()[1]
        self.ready.set()
        await server.serve_forever()

    async def _serve(self, reader, writer):
        while not writer.is_closing():
            try:
                message = await reader.readmessage()
            except asyncio.IncompleteReadError:
                break
            self.came.put(message)
            writer.writemessage(message.create_ack())
            await writer.drain()
        writer.close()


def receiver(charset):
    """A receiver in this charset, and the station behind it."""
    station = Station(ENCODINGS[charset])
    wanted = {
        "name": f"外部接收 {charset} {time.time_ns()}",
        "org_id": OPERATOR.org_id,
        "host": "127.0.0.1",
        "port": station.port,
        "charset": charset,
        "application": "PYHL7",
        "kinds": ["ADT^A28", "ADT^A31"],
        "own": True,
    }
    return OPERATOR.ask("POST", "/api/hl7/receivers", wanted)["id"], station


def stop(receiver_id):
    """Nothing more is sent to a check that is over."""
    path = f"/api/hl7/receivers/{receiver_id}"
    answer = OPERATOR.session.get(OPERATOR.url + path, timeout=60)
    known = {key: value for key, value in answer.json().items() if key not in ("id", "created_at")}
    headers = {"If-Match": answer.headers["ETag"]}
    stopped = OPERATOR.session.put(
        OPERATOR.url + path, json=known | {"state": "stopped"}, headers=headers, timeout=60
    )
    expect(stopped.status_code, 200, f"stopping: {stopped.text}")


def told(charset, name):
    receiver_id, station = receiver(charset)
    try:
        WORLD.register(name)
        message = station.came.get(timeout=PATIENCE_SECONDS)
        expect(str(message.segment("MSH")[9]), "ADT^A28^ADT_A05", "MSH-9")
        expect(str(message.segment("PID")[5]), name, "PID-5")
        number = str(message.segment("MSH")[10])
        until = time.monotonic() + PATIENCE_SECONDS
        path = f"/api/hl7/outbound?receiver_id={receiver_id}"
        while True:
            rows = OPERATOR.ask("GET", path)["items"]
            if [row["state"] for row in rows] == ["accepted"]:
                break
            assert time.monotonic() < until, f"expected one acknowledged message, found {rows}"
            time.sleep(0.1)
        expect(rows[0]["control_id"], number, "number")
    finally:
        stop(receiver_id)


@check("a patient that is registered is told in UTF-8, and the acknowledgement is understood")
def told_utf8():
    told("utf8", "栾外发")


@check("the same in GB18030, with a character of four bytes")
def told_gb18030():
    told("gb18030", "栾外龘")


@check("a trial is answered, and says that it is one")
def tried():
    receiver_id, station = receiver("utf8")
    trial = OPERATOR.ask("POST", f"/api/hl7/receivers/{receiver_id}/try", {})
    expect(trial["outcome"], "accepted", f"outcome: {trial}")
    expect(str(station.came.get(timeout=PATIENCE_SECONDS).segment("MSH")[11]), "T", "MSH-11")
    stop(receiver_id)


run()
