# SPDX-License-Identifier: Apache-2.0
"""menu_check.py PROGRAM TRIAL - a real phone goes through a menu to another one.

Prints what was seen, as `trial` says. 101 calls and says 440 Hz, 102 says 1000 Hz, 103 says 1500 Hz.
"""
import glob
import os
import sys
import time

import tone
import trial
from baresip import Baresip
from phone import until
from server import Server

program, name = sys.argv[1:]

CALLER, FIRST, SECOND = 440, 1000, 1500


class Office:
    def __init__(self, folder):
        self.folder, self.phones = folder, []
        self.server = Server(program, folder)

    def start(self):
        self.server.start()
        self.server.run("extension", "add", "101", "102", "103")
        self.accounts = {number: self.server.enrol(number) for number in ("101", "102", "103")}
        self.server.run("group", "add", "sales", "--member", "103", "--seconds", "10")
        self.server.run("menu", "add", "main", "--number", "700", "--dial-extensions", "--key", "1=extension 102", "2=group sales")

    def phone(self, number, hertz, **options):
        account = self.accounts[number]
        each = Baresip(
            account["username"], account["password"], "127.0.0.1:%d" % self.server.port, Server.domain, self.server.ca,
            os.path.join(self.folder, "%s-%d" % (number, len(self.phones))), hertz, **options)
        self.phones.append(each)
        each.start()
        if not each.hears("registered", 15):
            raise RuntimeError("a phone of %s did not register" % number)
        return each

    def records(self, callee):
        return [each for each in self.server.records() if each.get("callee") == callee]

    def stop(self):
        for each in self.phones:
            each.stop()
        self.server.stop()


def enter(caller):
    """Dials the menu, and waits for its first words."""
    caller.dial("sip:700@%s" % Server.domain)
    if not caller.hears("established", 15, caller.count("established") + 1):
        return False
    time.sleep(2)
    return True


def choose(office):
    """A key rings an extension, whoever picks up and the caller hear each other, and the record says the way."""
    office.start()
    caller = office.phone("101", CALLER)
    callee = office.phone("102", FIRST)
    yield "in the menu", enter(caller)
    caller.dtmf("1")
    yield "rings", callee.hears("established", 15)
    time.sleep(8)
    callee.hangup()
    yield "both ended", caller.hears("closed", 10) and callee.hears("closed", 10)
    one, other = caller.seconds_of(FIRST), callee.seconds_of(CALLER)
    print("heard %.2f s and %.2f s of 8 s" % (one, other), file=sys.stderr)
    yield "the caller hears", one > 5
    yield "the callee hears", other > 5
    yield "nobody hears themselves", callee.seconds_of(FIRST) < 1
    yield "record", until(lambda: len(office.records("102")) == 1, 5)
    yield "way", any("menu:main chosen 102" in str(each) for each in office.server.records())


def nobody(office):
    """Nobody takes the group's call: goodbye. What does not exist is told as such three times. With a mailbox there is a message."""
    office.start()
    caller = office.phone("101", CALLER)
    yield "in the menu", enter(caller)
    caller.dtmf("2")
    yield "said goodbye", caller.hears("closed", 30)
    yield "in the menu again", enter(caller)
    caller.dtmf("999#")
    time.sleep(2)
    caller.dtmf("998#")
    time.sleep(2)
    caller.dtmf("997#")
    yield "three tries", caller.hears("closed", 20, 2)
    office.server.run("voicemail", "box", "add", "102")
    yield "in the menu once more", enter(caller)
    caller.dtmf("102#")
    time.sleep(14)
    caller.hangup()
    yield "a message", until(lambda: len(office.server.ask("voicemail", "messages", "102")) == 1, 8)


def greeting(office):
    """102 records what its callers hear, and what the menu says; 101 hears both, and the disk holds neither as sound."""
    office.start()
    office.server.run("voicemail", "box", "add", "102")
    office.server.run("menu", "change", "main", "--voice", "102")
    pin = office.server.ask("voicemail", "pin", "102")["pin"]
    owner = office.phone("102", FIRST)
    yield "recorded for the mailbox", record(owner, "*98", pin + "#")
    yield "recorded for the menu", record(owner, "*98700", "")
    files = [each for each in glob.glob(office.server.data + "/**/greetings/*", recursive=True)]
    yield "files", sorted(os.path.basename(each) for each in files) == ["mailbox-102.kept", "menu-main.kept"]
    owner.stop()
    caller = office.phone("101", CALLER)
    yield "in the menu", enter(caller)
    time.sleep(4)
    caller.hangup()
    yield "ended", caller.hears("closed", 10)
    heard = caller.seconds_of(FIRST)
    print("heard %.2f s of the menu" % heard, file=sys.stderr)
    yield "the menu's words", heard > 2
    caller.dial("sip:102@%s" % Server.domain)
    yield "in the mailbox", caller.hears("established", 15, 2)
    time.sleep(6)
    caller.hangup()
    yield "ended again", caller.hears("closed", 10, 2)
    # One recording for each call.
    heard = [tone.seconds(path, FIRST) for path in caller.recordings()]
    print("heard", heard, file=sys.stderr)
    yield "the owner's words", len(heard) == 2 and min(heard) > 2
    lines = office.server.run("journal", "list")
    yield "journal", lines.count("greeting.record") == 2


def record(phone, code, pin):
    """Dials, enters the PIN, and speaks for five seconds after the tone; keeps it."""
    closed = phone.count("closed")
    phone.dial("sip:%s@%s" % (code, Server.domain))
    if not phone.hears("established", 10, phone.count("established") + 1):
        return False
    time.sleep(1)
    phone.dtmf(pin)
    time.sleep(16)
    phone.dtmf("#")
    time.sleep(2)
    phone.dtmf("1")
    return phone.hears("closed", 15, closed + 1)


trial.run(Office, {"choose": choose, "nobody": nobody, "greeting": greeting}[name])
