# SPDX-License-Identifier: Apache-2.0
"""queue_check.py PROGRAM TRIAL - real phones wait in a queue until an agent is there.

Prints what was seen, as `trial` says. 101 and 102 call and say 440 and 700 Hz, the agents 103 and 104 say 1000 and 1500 Hz.
"""
import sys
import time

import trial
from office import Office
from phone import until
from server import Server

program, name = sys.argv[1:]

TONES = {"101": 440, "102": 700, "103": 1000, "104": 1500}


class Sales(Office):
    """A business with a group whose callers wait."""

    def __init__(self, folder):
        super().__init__(folder, program, TONES)

    def start(self):
        super().start()
        self.server.run("group", "add", "sales", "--member", "103", "104", "--order", "longest-idle", "--number", "700")


def enter(phone):
    """Dials the group, and is answered at once."""
    phone.dial("sip:700@%s" % Server.domain)
    return phone.hears("established", 5, phone.count("established") + 1)


def turns(office):
    """Two wait; each agent that comes gets the one who has waited for longest."""
    office.start()
    office.server.run("queue", "set", "sales", "--wait", "120")
    first, second = office.phone("101"), office.phone("102")
    yield "the first waits", enter(first)
    time.sleep(1)
    yield "the second waits", enter(second)
    time.sleep(5)
    agent = office.phone("103")
    yield "an agent takes one", agent.hears("established", 25)
    time.sleep(5)
    other = office.phone("104")
    yield "the other agent takes one", other.hears("established", 25)
    time.sleep(6)
    for phone in (agent, other):
        phone.hangup()
    yield "both ended", first.hears("closed", 10) and second.hears("closed", 10)
    print("heard", agent.seconds_of(TONES["101"]), other.seconds_of(TONES["102"]), file=sys.stderr)
    yield "the first got the first agent", agent.seconds_of(TONES["101"]) > 3 and first.seconds_of(TONES["103"]) > 3
    yield "the second got the other", other.seconds_of(TONES["102"]) > 3 and second.seconds_of(TONES["104"]) > 3
    yield "ways", until(lambda: str(office.server.records()).count("queue:sales waited group:sales") == 2, 5)


def overflow(office):
    """Nobody comes: after its time the call leaves a message. An agent who is away by the code is not rung."""
    office.start()
    office.server.run("voicemail", "box", "add", "104")
    office.server.run("queue", "set", "sales", "--wait", "30", "--then", "mailbox", "104")
    agent = office.phone("103")
    office.server.run("group", "member", "sales", "--leave", "103")
    caller = office.phone("101")
    yield "waits", enter(caller)
    time.sleep(50)
    caller.hangup()
    yield "a message", until(lambda: len(office.server.ask("voicemail", "messages", "104")) == 1, 8)
    yield "the agent was not rung", not agent.has("established") and not agent.has("incoming")


trial.run(Sales, {"turns": turns, "overflow": overflow}[name])
