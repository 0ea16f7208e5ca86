# SPDX-License-Identifier: Apache-2.0
"""What all phones of the laboratory have: a process, events, a tone to say, and recordings of what they heard.

A kind of phone says how it is started and what its output means; the verbs are the same for all. Events are dictionaries whose
`ev` is one of registered, reg_failed, incoming, ringing, established, closed, dtmf, message, error.
"""
import os
import re
import subprocess
import threading
import time

import tone


def until(condition, seconds):
    """Whether it comes true in time."""
    end = time.time() + seconds
    while time.time() < end:
        if condition():
            return True
        time.sleep(0.05)
    return bool(condition())


def connect(caller, callee, uri):
    """Connects two phones, and says whether both are told so."""
    before = [each.count("established") for each in (caller, callee)]
    caller.dial(uri)
    return all(each.hears("established", 15, count + 1) for each, count in zip((caller, callee), before))


class Phone:
    """One account of a server that speaks SIP over TLS."""

    def __init__(self, user, password, server, domain, ca, out, tone_hz, answer=True, bind="127.0.0.1", srtp=True, dtls=False,
                 seconds=90):
        self.user, self.password, self.domain, self.ca = user, password, domain, ca
        self.host, _, port = server.rpartition(":")
        self.port, self.bind, self.answer, self.srtp = int(port), bind, answer, srtp
        # Whether keys are agreed on over the media path instead of in the description.
        self.dtls = dtls
        self.out, self.play = os.path.abspath(out), os.path.join(os.path.abspath(out), "play.wav")
        os.makedirs(self.out, exist_ok=True)
        tone.make(self.play, tone_hz, seconds)
        self.events, self.process = [], None

    # --- its process

    def spawn(self, *command):
        """Starts the program; each line that it writes goes to `line` and to its log."""
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, cwd=self.out,
            env={**os.environ, "HOME": self.out})
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        with open(os.path.join(self.out, "phone.log"), "wb", buffering=0) as log:
            for line in self.process.stdout:
                log.write(line)
                self.line(line.decode(errors="replace").rstrip())

    def line(self, line):
        """What it wrote."""

    def send(self, line):
        try:
            self.process.stdin.write(line.encode() + b"\n")
            self.process.stdin.flush()
        except OSError:
            pass  # It is gone, which its events say.

    def stop(self):
        self.quit()
        for seconds, end in ((6, self.process.terminate), (1, self.process.kill)):
            try:
                return self.process.wait(seconds)
            except subprocess.TimeoutExpired:
                end()
        return self.process.wait()

    def write(self, name, text):
        with open(os.path.join(self.out, name), "w") as file:
            file.write(text)

    # --- what happened

    def emit(self, event, **facts):
        self.events.append({"ev": event, **facts})

    def count(self, event):
        return sum(each["ev"] == event for each in self.events)

    def has(self, event):
        return self.count(event) > 0

    def wait(self, *events, seconds=10):
        """The first of these events, past ones too, or None."""
        found = lambda: next((each for each in self.events if each["ev"] in events), None)
        until(lambda: found() or self.process.poll() is not None, seconds)
        return found()

    def hears(self, event, seconds, number=1):
        """Whether so many of these events come in time."""
        return until(lambda: self.count(event) >= number, seconds)

    def digits(self):
        return "".join(each["digit"] for each in self.events if each["ev"] == "dtmf")

    # --- what it heard and said

    def seconds_of(self, hertz):
        """How long a tone is to be heard in its recordings, which are several when its partner changed."""
        return max([tone.seconds(path, hertz) for path in self.recordings() if os.path.exists(path)], default=0)

    def hears_tone(self, hertz):
        return self.seconds_of(hertz) >= 1.5

    def messages(self):
        """Every SIP message that it sent and got, as its own log has them."""
        with open(self.log_path(), errors="replace") as log:
            return log.read().replace("\r", "")

    def requests(self, *methods):
        """The heads of the requests that it sent and got with one of these methods."""
        pattern = r"(?m)^(?:%s) sips?:\S+ SIP/2\.0\n(?:[^\n]+\n)*" % "|".join(methods)
        return re.findall(pattern, self.messages())

    def log_path(self):
        return os.path.join(self.out, "phone.log")
