# SPDX-License-Identifier: Apache-2.0
"""conference_check.py PROGRAM TRIAL - real phones meet in a conference room.

Prints what was seen, as `trial` says. 101 says 440 Hz, 102 says 1000 Hz, 103 says 1500 Hz.
"""
import os
import sys
import time

import tone
import trial
from office import Office
from phone import until
from server import Server

program, name = sys.argv[1:]

TONES = {"101": 440, "102": 1000, "103": 1500}
# What everybody hears when somebody comes, and when somebody goes.
COMES = (520, 780)


class Board(Office):
    """A business with a conference room."""

    def __init__(self, folder):
        super().__init__(folder, program, TONES)

    def start(self, *options):
        super().start()
        self.pin = self.server.ask("room", "add", "board", "720", *options)["pin"]

    def records(self):
        return [each for each in self.server.records() if each.get("callee") == "room:board"]


def dial(phone, pin):
    """Dials the room, and enters a PIN."""
    phone.dial("sip:720@%s" % Server.domain)
    if not phone.hears("established", 15, phone.count("established") + 1):
        return False
    time.sleep(1)
    phone.dtmf(pin + "#")
    return True


def heard(phone, hertz, least=0.2):
    """How long a tone is heard beside others."""
    return max([tone.seconds(path, hertz, least) for path in phone.recordings() if os.path.exists(path)], default=0)


def three(office):
    """Each of three hears both others and not themselves; everybody hears who comes; each has a record."""
    office.start()
    phones = {number: office.phone(number) for number in TONES}
    for number, phone in phones.items():
        yield "%s in the room" % number, dial(phone, office.pin)
        time.sleep(4)
    time.sleep(10)
    yield "listed", office.server.run("call", "list").count("room:board") == 3
    phones["103"].hangup()
    yield "103 ended", phones["103"].hears("closed", 10)
    time.sleep(2)
    for number in ("101", "102"):
        phones[number].hangup()
        yield "%s ended" % number, phones[number].hears("closed", 10)
    for number, phone in phones.items():
        all_heard = {other: heard(phone, hertz) for other, hertz in TONES.items()}
        print(number, "heard", all_heard, "s", file=sys.stderr)
        yield "%s hears both others" % number, all(all_heard[other] > 6 for other in TONES if other != number)
        yield "%s does not hear themselves" % number, all_heard[number] < 1
    yield "101 hears who comes and goes", all(heard(phones["101"], hertz, 0.08) >= 0.05 for hertz in COMES)
    yield "a record of each", until(lambda: len(office.records()) == 3, 5)
    yield "no PIN in the journal", office.pin not in office.server.run("journal", "list")


def door(office):
    """A wrong PIN lets nobody in; nobody talks before the moderator is there."""
    office.start("--moderator", "103")
    first, second, moderator = (office.phone(number) for number in TONES)
    wrong = "604713" if office.pin != "604713" else "604714"
    yield "at the door", dial(second, wrong)
    time.sleep(6)
    second.dtmf(wrong + "#")
    time.sleep(6)
    second.dtmf(wrong + "#")
    yield "three wrong ones end the call", second.hears("closed", 15)
    yield "again at the door", dial(second, office.pin)
    yield "and another", dial(first, office.pin)
    time.sleep(6)
    yield "nobody talks yet", heard(first, TONES["102"]) < 0.5 and heard(second, TONES["101"]) < 0.5
    yield "the moderator comes", dial(moderator, office.pin)
    time.sleep(8)
    for phone in (first, second, moderator):
        phone.hangup()
        yield "ended", phone.hears("closed", 10)
    print("heard", heard(first, TONES["102"]), heard(second, TONES["103"]), file=sys.stderr)
    yield "they talk", heard(first, TONES["102"]) > 4 and heard(second, TONES["103"]) > 4


trial.run(Board, {"three": three, "door": door}[name])
