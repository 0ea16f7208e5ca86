# SPDX-License-Identifier: Apache-2.0
"""voicemail_check.py PROGRAM TRIAL - a real phone leaves a message for another one, which hears it.

Prints what was seen, as `trial` says. 101 says a tone of 440 Hz, and 102, whose mailbox it is, one of 1000 Hz.
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

CALLER, OWNER = 440, 1000


class Office:
    def __init__(self, folder):
        self.folder, self.phones = folder, []
        self.server = Server(program, folder)

    def start(self):
        self.server.start()
        self.server.run("extension", "add", "101", "102")
        self.accounts = {number: self.server.enrol(number) for number in ("101", "102")}
        self.server.run("voicemail", "box", "add", "102")

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

    def pin(self):
        return self.server.ask("voicemail", "pin", "102")["pin"]

    def messages(self):
        return self.server.ask("voicemail", "messages", "102")

    def files(self):
        return glob.glob(self.server.data + "/**/voicemail/102/*", recursive=True)

    def stop(self):
        for each in self.phones:
            each.stop()
        self.server.stop()


def leave(office, phone, seconds=14):
    """Calls the mailbox through the extension, talks through greeting and tone, and hangs up."""
    before = len(office.messages())
    phone.dial("sip:102@%s" % Server.domain)
    if not phone.hears("established", 15, phone.count("established") + 1):
        return False
    time.sleep(seconds)
    phone.hangup()
    return until(lambda: len(office.messages()) == before + 1, 8)


def listen(phone, pin, *keys, first=2):
    """Dials *97, enters the PIN and then what was given: keys, or seconds to wait."""
    closed = phone.count("closed")
    phone.dial("sip:*97@%s" % Server.domain)
    if not phone.hears("established", 10, phone.count("established") + 1):
        return False
    time.sleep(first)
    phone.dtmf(pin + "#")
    for each in keys:
        if isinstance(each, str):
            phone.dtmf(each)
        else:
            time.sleep(each)
    return phone.count("closed") == closed


def message(office):
    """Left, lamp on, heard with the PIN, deleted, lamp off."""
    office.start()
    caller = office.phone("101", CALLER)
    yield "left", leave(office, caller)
    (kept,) = office.messages()
    yield "who", kept["caller"] == "101" and kept["isNew"] and 2 <= kept["seconds"] <= 15
    yield "noise", is_noise(office)
    pin = office.pin()
    owner = office.phone("102", OWNER, modules=["mwi"])
    yield "lamp on", until(lambda: "Messages-Waiting: yes" in owner.messages() and "Voice-Message: 1/0" in owner.messages(), 8)
    yield "entered", listen(owner, pin, 22)
    owner.dtmf("7")
    yield "ended", owner.hears("closed", 20)
    heard, said = owner.seconds_of(CALLER), kept["seconds"]
    print("heard %.2f s of %d s" % (heard, said), file=sys.stderr)
    yield "heard", heard > 0.6 * said
    yield "deleted", office.messages() == [] and office.files() == []
    yield "lamp off", until(lambda: owner.messages().rfind("Messages-Waiting: no") > owner.messages().rfind("Messages-Waiting: yes"), 8)
    lines = office.server.run("journal", "list")
    yield "journal", "voicemail.listen" in lines and "voicemail.delete" in lines
    yield "masked", pin not in lines + owner.messages() + office.server.run("event", "list") + str(office.server.records())


def is_noise(office):
    """Every byte value about as often as any other, and no tone whatever law it is read by."""
    data = open(office.files()[0], "rb").read()[512:]
    counts = [data.count(bytes([value])) for value in range(256)]
    expected = len(data) / 256
    chi = sum((count - expected) ** 2 / expected for count in counts)
    return len(data) > 8000 and chi < 400


def wrong(office):
    """Wrong PINs end the call, and lock after ten."""
    office.start()
    pin = office.pin()
    owner = office.phone("102", OWNER)
    for number in range(4):
        listen(owner, "90817263", 3, "40817263#", 3, "50817263#")
        yield "wrong %d" % number, owner.hears("closed", 30, number + 1)
    yield "waits", not listen(owner, pin, 6) or owner.hears("closed", 10, 5)
    lines = office.server.run("journal", "list") + office.server.run("event", "list")
    yield "masked", not any(each in lines for each in ("90817263", "40817263", pin))
    new = office.pin()
    yield "a new one opens", listen(owner, new, 2)


trial.run(Office, {"message": message, "wrong": wrong}[name])
