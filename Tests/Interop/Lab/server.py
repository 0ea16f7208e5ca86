# SPDX-License-Identifier: Apache-2.0
"""Runs a Ringfence of its own in a folder: init, serve, ask, kill."""
import json
import os
import random
import signal
import socket
import subprocess


def free_port(kind=socket.SOCK_STREAM):
    """A port whose successor is free too, because RTCP takes it; below those that the kernel gives to clients."""
    while True:
        port = random.randrange(20000, 30000, 2)
        with socket.socket(socket.AF_INET, kind) as one, socket.socket(socket.AF_INET, kind) as two:
            try:
                one.bind(("127.0.0.1", port))
                two.bind(("127.0.0.1", port + 1))
                return port
            except OSError:
                continue


class Server:
    domain = "test.ringfence.example"

    def __init__(self, binary, folder, plain_calls=0):
        """plain_calls: how many calls without encryption there are ports for."""
        self.binary, self.data, self.process = binary, os.path.join(folder, "data"), None
        self.port, self.rtp = free_port(), free_port(socket.SOCK_DGRAM)
        self.ca = os.path.join(self.data, "tls", "ca.pem")
        subprocess.run([binary, "init", "--data", self.data, "--domain", self.domain, "--address", "127.0.0.1",
                        "--name", "localhost", "--sip-tls", "127.0.0.1:%d" % self.port,
                        "--rtp", "127.0.0.1:%d-%d" % (self.rtp, self.rtp + 1 + 2 * plain_calls), "--site", "127.0.0.0/8"], check=True, stdout=subprocess.DEVNULL)

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
