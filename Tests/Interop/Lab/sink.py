# SPDX-License-Identifier: Apache-2.0
"""Programs beside a trial that write down what they get: `mail_sink.py` and `webhook_sink.py`."""
import json
import os
import signal
import subprocess

from server import free_port

LAB = os.path.dirname(os.path.abspath(__file__))
USER, PASSWORD = "pbx", "lantern orchid gravel"


def certify(folder):
    """Paths of a certificate for localhost, which signs itself, and of its key."""
    certificate, key = (os.path.join(folder, name) for name in ("sink.pem", "sink.key"))
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
                    "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-keyout", key, "-out", certificate],
                   check=True, capture_output=True)
    return certificate, key


class Sink:
    """A program beside us that writes what it gets into a file."""

    def __init__(self, folder, name, *arguments):
        self.path, self.process = os.path.join(folder, name + ".jsonl"), None
        self.port = free_port()
        self.command = ["/usr/bin/python3", os.path.join(LAB, name + ".py"), str(self.port), *arguments[:2], self.path,
                        *arguments[2:]]

    def start(self):
        self.process = subprocess.Popen(self.command, stdout=subprocess.PIPE, text=True)
        if "ready" not in self.process.stdout.readline():
            raise RuntimeError("no sink: " + " ".join(self.command))

    def stop(self):
        if self.process:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(10)
            self.process = None

    def got(self):
        if not os.path.exists(self.path):
            return []
        with open(self.path) as file:
            return [json.loads(line) for line in file if line.endswith("\n")]
