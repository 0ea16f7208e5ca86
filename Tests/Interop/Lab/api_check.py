# SPDX-License-Identifier: Apache-2.0
"""api_check.py PROGRAM - programs with tokens, by Python's own HTTP client.

A wallboard sees a real call. Nothing is done twice that was asked twice. What a token is not for is refused. Whatever is sent to
any command, in fields that its own description names, the server answers without a fault of its own. Prints what was seen, as `trial` says.
"""
import http.client
import json
import os
import random
import ssl
import subprocess
import sys
import time

import trial
from server import Server
from sipphone import Phone

program = sys.argv[1]


class Site:
    def __init__(self, folder):
        self.server, self.folder = Server(program, folder, has_portal=True), folder

    def stop(self):
        self.server.stop()


class Program:
    """Somebody with a token."""

    def __init__(self, server, token):
        self.server, self.token = server, token
        self.trusted = ssl.create_default_context(cafile=server.ca)

    def send(self, method, path, body=None, **headers):
        """Its status, headers and what it says."""
        line = http.client.HTTPSConnection("localhost", self.server.portal, timeout=20, context=self.trusted)
        if self.token:
            headers["Authorization"] = "Bearer " + self.token
        text = body if isinstance(body, (bytes, type(None))) else json.dumps(body).encode()
        line.request(method, path, text, {"Content-Type": "application/json", **headers})
        answer = line.getresponse()
        data = answer.read()
        line.close()
        isJSON = "json" in (answer.getheader("content-type") or "")
        return answer.status, answer, json.loads(data) if isJSON else data.decode()

    def give(self, command, body=None, **headers):
        status, _, said = self.send("POST", "/api/v1/" + command, body or {}, **headers)
        return status, said

    def ask(self, command):
        status, _, said = self.send("GET", "/api/v1/" + command)
        return status, said


def sample(schema, chance):
    """Something that fits a schema, or nearly."""
    if chance.random() < 0.1:
        return chance.choice([None, "", -1, [], {}, "\u202e\x00'\"<b>", 1e300, "x" * 500, True, 2 ** 63])
    kind = schema.get("type")
    if "enum" in schema:
        return chance.choice(schema["enum"])
    if kind == "object":
        fields, required = schema.get("properties", {}), schema.get("required", [])
        return {name: sample(each, chance) for name, each in fields.items() if name in required or chance.random() < 0.7}
    if kind == "array":
        return [sample(schema.get("items", {}), chance) for _ in range(chance.randrange(3))]
    if kind == "integer":
        return chance.choice([0, 1, 7, 101, -5, 10 ** 6, 2 ** 31, 2 ** 53])
    if kind == "boolean":
        return chance.random() < 0.5
    return chance.choice(["101", "102", "main", "DE", "10.0.0.0/8", "192.0.2.1:5061", "2026-12-24", "a", "999999", "EUR", "1.50"])


def tokens(site):
    server = site.server
    server.start()
    server.run("extension", "add", "101", "102")
    accounts = [server.enrol(number) for number in ("101", "102")]

    def issue(*arguments):
        return Program(server, server.ask("token", "issue", *arguments)["token"])

    board = issue("wallboard", "--role", "auditor", "--only", "call.list", "--only", "registration.list")
    phones = [Phone("127.0.0.1", server.port, server.ca, a["username"], a["password"], a["domain"], answers=n == 1)
              for n, a in enumerate(accounts)]
    yield "phones register", all(phone.register() for phone in phones)
    yield "and call", phones[0].call("102", hang_up=False) == 200
    status, calls = board.ask("call.list")
    yield "a wallboard sees the call", status == 200 and [(c["caller"], c["callee"]) for c in calls] == [("101", "102")]
    file = os.path.join(site.folder, "token")
    with open(file, "w") as out:
        out.write(board.token + "\n")
    example = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../../Examples/wallboard.py")
    screen = subprocess.Popen([sys.executable, example, "https://localhost:%d" % server.portal, server.ca, file],
                              stdout=subprocess.PIPE, text=True)
    time.sleep(2.5)
    screen.kill()
    yield "the example shows it", "101          talks to 102" in screen.communicate()[0]
    status, said = board.ask("extension.list")
    yield "it sees nothing else", status == 403 and said["remedy"] and said["control"] == "roles"
    yield "nor does it change anything", board.give("extension.add", {"extensions": [{"number": "103"}]})[0] == 403

    worker = issue("worker", "--role", "administrator")
    key = {"Idempotency-Key": "order-1"}
    first = worker.give("extension.add", {"extensions": [{"number": "103"}]}, **key)
    second = worker.give("extension.add", {"extensions": [{"number": "103"}]}, **key)
    yield "what is asked twice is done once", first[0] == 200 and second == first
    yield "a key is for one command", worker.give("extension.add", {"extensions": [{"number": "104"}]}, **key)[0] == 422
    status, said = worker.give("extension.add", {"extensions": [{"number": "103"}]})
    yield "without a key it is refused, with its three parts", status == 422 and all(
        said[part] for part in ("title", "detail", "remedy"))
    yield "what needs a second factor is refused", worker.give("phone.enrol", {"phones": [{"extension": "101"}]})[0] == 403
    enroller = issue("enroller", "--role", "administrator", "--only", "phone.enrol")
    status, said = enroller.give("phone.enrol", {"phones": [{"extension": "103"}]})
    yield "unless it was named", status == 200 and said[0]["enrolment"]["password"]
    yield "a token makes no token", enroller.give("token.issue", {"name": "x", "role": "auditor", "days": 1, "commands": []})[0] == 403
    yield "nor does anybody make one that could", subprocess.run(
        [program, "token", "issue", "evil", "--role", "administrator", "--only", "token.issue", "--data", server.data],
        capture_output=True).returncode == 1
    for bad in (b"", b"{", b"[]", b"null", b'{"extensions": 1}', b"\xff\xfe"):
        status, said = worker.give("extension.add", bad)
        if status != 400 or "title" not in said:
            print(bad, status, said, file=sys.stderr)
            yield "fields that are none are refused", False
    yield "fields that are none are refused", True
    yield "a command that changes something is not for GET", worker.ask("extension.add")[0] == 405
    yield "there is no other command", worker.give("no.such")[0] == 404

    strangers = [Program(server, token).ask("call.list") for token in (None, "", "rft_" + "0" * 64, board.token[:-1])]
    yield "strangers learn nothing", all(status == 401 for status, _ in strangers) and len({str(s) for _, s in strangers}) == 1
    status, _, _ = Program(server, None).send("GET", "/metrics")
    yield "nor of figures", status == 401
    time.sleep(2.5)
    status, answer, text = issue("prometheus", "--role", "auditor").send("GET", "/metrics")
    yield "figures are there", status == 200 and "ringfence_calls{way=\"inside\"} 1\n" in text and "ringfence_registrations 2" in text
    status, description = worker.ask("openapi.json")
    yield "the API is described", status == 200 and description["openapi"].startswith("3.1") and len(description["paths"]) > 100

    chance, faults = random.Random(7), []
    owner = issue("fuzzer", "--role", "administrator")
    # What ends the trial itself is left out.
    for turn in range(2):
        for path, kinds in sorted(description["paths"].items()):
            schema = kinds["post"]["requestBody"]["content"]["application/json"]["schema"]
            while (result := owner.send("POST", path, sample(schema, chance)))[0] == 429:
                time.sleep(0.5)
            if result[0] >= 500 or "json" not in (result[1].getheader("content-type") or ""):
                faults.append((path, result[0]))
    print(faults, file=sys.stderr)
    yield "whatever is sent, no fault is ours", not faults
    server.run("token", "revoke", "worker")
    yield "what was revoked is good for nothing", worker.ask("extension.list")[0] == 401
    journal = server.run("journal", "list", "--limit", "1000")
    yield "the journal says who did it", "worker (token)" in journal and board.token not in journal


if __name__ == "__main__":
    trial.run(Site, tokens)
