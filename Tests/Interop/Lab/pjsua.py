# SPDX-License-Identifier: Apache-2.0
"""The pjsua phone: a Python program of its own (pjsua_phone.py) in the laboratory's environment, which speaks JSON lines."""
import glob
import json
import os

from phone import Phone

PYTHON = os.path.join(os.environ.get("LAB_VENV", os.path.expanduser("~/.cache/ringfence-lab/venv")), "bin/python")


class Pjsua(Phone):
    kind = "pjsua"

    def __init__(self, *arguments, features=None, **options):
        super().__init__(*arguments, **options)
        self.features = features or {}

    def start(self):
        known = ("user", "password", "host", "port", "domain", "ca", "play", "out", "answer", "bind")
        conf = {**{name: getattr(self, name) for name in known}, **self.features}
        self.spawn(PYTHON, os.path.join(os.path.dirname(os.path.abspath(__file__)), "pjsua_phone.py"), json.dumps(conf))

    def line(self, line):
        if line.startswith('{"ev"'):
            event, _ = json.JSONDecoder().raw_decode(line)
            self.emit(event.pop("ev"), **event)

    def ask(self, command, **parameters):
        self.send(json.dumps({"cmd": command, **parameters}))

    def log_path(self):
        return self.out + "/pjsip.log"

    def recordings(self):
        return glob.glob(self.out + "/rec-*.wav")

    def dial(self, to):
        self.ask("dial", to=to)

    def hangup(self):
        self.ask("hangup")

    def hold(self):
        self.ask("hold")

    def resume(self):
        self.ask("resume")

    def update(self):
        self.ask("update")

    def transfer(self, to):
        self.ask("transfer", to=to)

    def attend(self):
        self.ask("attend")

    def message(self, to, text):
        self.ask("message", to=to, text=text)

    def watch(self, to):
        self.ask("watch", to=to)

    def dtmf(self, digits):
        self.ask("dtmf", digits=digits)

    def quit(self):
        self.ask("quit")
