# SPDX-License-Identifier: Apache-2.0
"""Runs a Ringfence of its own in a folder: init, serve, ask, kill."""
import json
import os
import random
import signal
import socket
import subprocess


given = set()


def free_port(count=2):
    """The first of so many free ports, two because RTCP takes the next one; below those that the kernel gives to clients.

    Nobody in this process is given one of them again: some are taken up only much later.
    """
    while True:
        ports = range(port := random.randrange(20000, 30000 - count, 2), port + count)
        if given.isdisjoint(ports) and all(map(is_free, ports)):
            given.update(ports)
            return port


def is_free(port):
    """Over TCP and over UDP."""
    with socket.socket() as one, socket.socket(type=socket.SOCK_DGRAM) as other:
        try:
            for each in (one, other):
                each.bind(("127.0.0.1", port))
            return True
        except OSError:
            return False


class Server:
    domain = "test.ringfence.example"

    def __init__(self, binary, folder, plain_calls=0, has_portal=False):
        """plain_calls: how many calls without encryption there are ports for. With a portal, `link` is for its first owner."""
        self.binary, self.data, self.process = binary, os.path.join(folder, "data"), None
        self.port, audio_ports = free_port(), 2 + 2 * plain_calls
        self.rtp = free_port(audio_ports)
        self.ca = os.path.join(self.data, "tls", "ca.pem")
        self.portal = free_port() if has_portal else None
        portal = ["--portal", "127.0.0.1:%d" % self.portal] if has_portal else ["--no-portal"]
        made = subprocess.run([binary, "init", *portal, "--data", self.data, "--domain", self.domain, "--address", "127.0.0.1",
                               "--name", "localhost", "--sip-tls", "127.0.0.1:%d" % self.port,
                               "--rtp", "127.0.0.1:%d-%d" % (self.rtp, self.rtp + audio_ports - 1), "--json"],
                              check=True, stdout=subprocess.PIPE)
        self.link = json.loads(made.stdout).get("invitation")

    def start(self):
        self.process = subprocess.Popen(
            [self.binary, "serve", "--data", self.data],
            stdout=subprocess.PIPE, stderr=None, text=True)
        line = self.process.stdout.readline()
        if "ready" not in line:
            raise RuntimeError("the server did not start: " + line)

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self):
        """Its exit status; `None` where it never ran."""
        if not self.process:
            return None
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(20)

    def run(self, *arguments):
        done = subprocess.run([self.binary, *arguments, "--data", self.data], capture_output=True, text=True)
        if done.returncode != 0:
            raise RuntimeError(" ".join(arguments) + ": " + done.stderr)
        return done.stdout

    def ask(self, *arguments):
        return json.loads(self.run(*arguments, "--json"))

    def enrol(self, number):
        return json.loads(self.run("phone", "enrol", number, "--format", "json"))

    def records(self):
        answer = self.ask("record", "list", "--limit", "10000")
        return answer if isinstance(answer, list) else answer["records"]
