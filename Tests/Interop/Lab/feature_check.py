# SPDX-License-Identifier: Apache-2.0
"""feature_check.py PROGRAM FEATURE KIND... - real phones use one feature of a Ringfence of their own.

Prints what was seen, as `trial` says. The first phone has extension 101 and a tone of 440 Hz, the second 102 and 1000 Hz, the
third 103 and 700 Hz.
"""
import os
import re
import sys
import time

import trial
from phone import connect, until
from phones import KINDS
from server import Server

program, feature, *kinds = sys.argv[1:]

TONES = (440, 1000, 700)
NUMBERS = ("101", "102", "103")


class Office:
    """A server with as many phones as there are kinds, each switched on by `phone`."""

    def __init__(self, folder):
        self.folder, self.phones = folder, []
        self.server = Server(program, folder)
        self.address = "127.0.0.1"

    def start(self):
        self.server.start()
        self.server.run("extension", "add", *NUMBERS)
        self.accounts = [self.server.enrol(number) for number in NUMBERS]

    def phone(self, index, answer=True, **options):
        account, kind = self.accounts[index], kinds[index]
        each = KINDS[kind](
            account["username"], account["password"], "%s:%d" % (self.address, self.server.port),
            Server.domain, self.server.ca, os.path.join(self.folder, NUMBERS[index]), TONES[index], answer=answer,
            bind=self.address.strip("[]"), **options)
        self.phones.append(each)
        each.start()
        if not each.hears("registered", 15):
            raise RuntimeError("%s did not register" % kind)
        return each

    def uri(self, number):
        return "sip:%s@%s" % (number, Server.domain)

    def call(self, caller, callee, number):
        return connect(caller, callee, self.uri(number))

    def stop(self):
        for each in self.phones:
            each.stop()
        self.server.stop()


def mailbox(office):
    """RFC 3842: 101 asks for its own mailbox."""
    office.start()
    options = {"baresip": {"modules": ["mwi"]}, "pjsua": {"features": {"mailbox": True}}}
    phone = office.phone(0, **options[kinds[0]])
    yield "told", until(lambda: "Messages-Waiting: no" in phone.messages(), 8)
    yield "accepted", "SIP/2.0 481" not in phone.messages()


def presence(office):
    """RFC 3856: 101 watches 102, which is there and then is not."""
    office.start()
    options = {"baresip": {"modules": ["contact", "presence"], "contacts": ["102"]}, "linphone": {"friends": ["102"]}, "pjsua": {}}
    watched = office.phone(1)
    watcher = office.phone(0, **options[kinds[0]])
    if kinds[0] == "pjsua":
        watcher.watch(office.uri("102"))
    yield "there", until(lambda: "<basic>open</basic>" in watcher.messages(), 8)
    watched.stop()
    yield "gone", until(lambda: "<basic>closed</basic>" in watcher.messages(), 12)


def text(office):
    """RFC 3428: 101 writes to 102, and 102 writes back, unless it is the baresip of Debian 12, which cannot write."""
    office.start()
    one, other = office.phone(0), office.phone(1)
    one.message(office.uri("102"), "lunch at noon")
    yield "arrived", until(lambda: "lunch at noon" in other.messages(), 8)
    if kinds[1] != "baresip":
        other.message(office.uri("101"), "gladly")
        yield "answered", until(lambda: "gladly" in one.messages(), 8)


def outbound(office):
    """RFC 5626: the server keeps the connection of the phone by its instance, and a call comes over it."""
    office.start()
    options = {"baresip": {"account": ";sipnat=outbound"}}
    phone = office.phone(0, **options.get(kinds[0], {}))
    other = office.phone(1)
    yield "agreed", until(lambda: "Require: outbound" in phone.messages() and "reg-id=1" in phone.messages(), 5)
    yield "called", office.call(other, phone, "101")


def gruu(office):
    """RFC 5627: 101 learns its GRUUs and is called by each of them; the other phone of its extension does not ring."""
    office.start()
    office.accounts[2] = office.server.enrol("101")
    options = {"baresip": {"account": ";sipnat=outbound"}}
    phone, other = office.phone(0, **options.get(kinds[0], {})), office.phone(1, answer=False)
    twin, names = office.phone(2), {}

    def given():
        names.update(re.findall(r'(pub|temp)-gruu="([^"]+)"', phone.messages()))
        return len(names) == 2

    yield "given", until(given, 5)
    yield "public", names["pub"].startswith(office.uri("101") + ";gr=")
    for number, kind in enumerate(("pub", "temp"), 1):
        yield kind, connect(other, phone, "<%s>" % names[kind])
        time.sleep(4)
        other.hangup()
        yield kind + " ended", phone.hears("closed", 5, number)
    yield "alone", not twin.has("incoming") and not twin.has("established")
    # Baresip puts its public one into its Contact from then on, and is reached there.
    yield "used", kinds[0] != "baresip" or "Contact: <%s" % names["pub"] in phone.messages()
    yield "caller hears", other.hears_tone(TONES[0])
    yield "callee hears", phone.hears_tone(TONES[1])


def reliable(office):
    """RFC 3262: 101 wants to acknowledge that it rings at 102."""
    office.start()
    options = {"linphone": {"sip": ["100rel_support_level=1"]}, "pjsua": {"features": {"reliable": "must"}}}
    callee = {"linphone": {"sip": ["100rel_support_level=1"]}, "pjsua": {"features": {"reliable": "may"}}, "baresip": {}}
    other = office.phone(1, **callee[kinds[1]])
    phone = office.phone(0, answer=False, **options[kinds[0]])
    yield "answered", office.call(phone, other, "102")
    yield "acknowledged", until(lambda: phone.requests("PRACK"), 3)
    time.sleep(3)
    yield "stands", not phone.has("closed") and not other.has("closed")
    yield from heard(phone, other)


def timer(office):
    """RFC 4028: a session of 90 seconds is refreshed after 45."""
    office.start()
    line = ["session_expires_enabled=1", "session_expires_value=90", "session_expires_min_value=90"]
    options = {"linphone": {"sip": line}, "pjsua": {"features": {"timer": 90}}, "baresip": {}}
    other = office.phone(1, **options[kinds[1]])
    phone = office.phone(0, answer=False, **options[kinds[0]])
    yield "answered", office.call(phone, other, "102")
    yield "agreed", until(lambda: "Session-Expires: 90" in phone.messages(), 3)
    yield "refreshed", until(lambda: refreshes(phone), 60)
    time.sleep(2)
    yield "stands", not phone.has("closed") and not other.has("closed")
    yield from heard(phone, other)


def refreshes(phone):
    """The requests in a dialog that speak of its session's time."""
    return [head for head in phone.requests("INVITE", "UPDATE") if "Session-Expires:" in head and is_in_dialog(head)]


def is_in_dialog(head):
    """Whether a request is in a dialog."""
    return any(line.startswith("To:") and ";tag=" in line for line in head.split("\n"))


def hold(office):
    """RFC 3264 §8.4: 101 holds and resumes by re-INVITE."""
    office.start()
    other, phone = office.phone(1), office.phone(0, answer=False)
    yield "answered", office.call(phone, other, "102")
    time.sleep(1)
    phone.hold()
    yield "held", until(lambda: "a=recvonly" in phone.messages(), 5)
    time.sleep(1)
    phone.resume()
    time.sleep(4)
    yield "stands", not phone.has("closed") and not other.has("closed")
    yield from heard(phone, other)


def update(office):
    """RFC 3311: 101 offers again by UPDATE, in the middle of the call."""
    office.start()
    other, phone = office.phone(1), office.phone(0, answer=False)
    yield "answered", office.call(phone, other, "102")
    time.sleep(1)
    phone.update()
    yield "updated", until(lambda: phone.requests("UPDATE"), 3)
    time.sleep(4)
    yield "stands", not phone.has("closed") and not other.has("closed") and not phone.has("error")
    yield from heard(phone, other)


def attended(office):
    """RFC 5589 §7: 102 calls 103 while 101 waits, and connects the two."""
    office.start()
    target, middle, caller = office.phone(2), office.phone(1), office.phone(0, answer=False)
    yield "answered", office.call(caller, middle, "102")
    time.sleep(1)
    middle.hold()
    time.sleep(1)
    yield "asked", office.call(middle, target, "103")
    time.sleep(1)
    middle.attend()
    yield "released", middle.hears("closed", 10, 2)
    time.sleep(4)
    yield "stands", not caller.has("closed") and not target.has("closed")
    caller.hangup()
    yield "ended", target.hears("closed", 5)
    yield "caller hears the target", caller.hears_tone(TONES[2])
    yield "target hears the caller", target.hears_tone(TONES[0])


def pickup(office):
    """101 calls 102, which rings; 103 of the same group dials *8. The caller is told who it is (RFC 3325, RFC 4916)."""
    office.start()
    for number in ("102", "103"):
        office.server.run("extension", "group", number, "sales")
    ringing, taker, caller = office.phone(1, answer=False), office.phone(2, answer=False), office.phone(0, answer=False)
    caller.dial(office.uri("102"))
    yield "rings", ringing.hears("incoming", 8)
    time.sleep(0.5)
    taker.dial(office.uri("*8"))
    yield "taken", taker.hears("established", 8) and caller.hears("established", 5)
    yield "stops ringing", ringing.hears("closed", 5)
    time.sleep(4)
    caller.hangup()
    yield "ended", taker.hears("closed", 5)
    yield "named", "P-Asserted-Identity: " in caller.messages() and "<sip:103@" in caller.messages()
    yield "caller hears the taker", caller.hears_tone(TONES[2])
    yield "taker hears the caller", taker.hears_tone(TONES[0])


def forward(office):
    """RFC 5359 §2.7: 101 calls 102, whose phone sends the call to 103 at a host of its own choice; first it may not, then it may."""
    office.start()
    forwarder = office.phone(1, features={"forward": "sip:103@elsewhere.example"})
    target, caller = office.phone(2), office.phone(0, answer=False)
    caller.dial(office.uri("102"))
    yield "refused", caller.hears("closed", 8) and not target.has("incoming")
    office.server.run("extension", "forwarding", "102", "--to", "colleagues")
    yield "answered", office.call(caller, target, "102")
    yield "redirected", "SIP/2.0 302" in forwarder.messages()
    time.sleep(4)
    caller.hangup()
    yield "ended", target.hears("closed", 5)
    yield "told", "SIP/2.0 181" in caller.messages() and "<sip:103@" in caller.messages()
    yield "caller hears the target", caller.hears_tone(TONES[2])
    yield "target hears the caller", target.hears_tone(TONES[0])


def park(office):
    """RFC 5359 §2.15: 102 transfers 101 to a place, and 103 dials that place."""
    office.start()
    taker, parker, caller = office.phone(2, answer=False), office.phone(1), office.phone(0, answer=False)
    yield "answered", office.call(caller, parker, "102")
    time.sleep(1)
    parker.transfer(office.uri("*683"))
    yield "released", parker.hears("closed", 8)
    time.sleep(2)
    yield "waits", not caller.has("closed") and "a=sendonly" in caller.messages()
    taker.dial(office.uri("*683"))
    yield "taken", taker.hears("established", 8)
    time.sleep(4)
    yield "stands", not caller.has("closed") and not taker.has("closed")
    caller.hangup()
    yield "ended", taker.hears("closed", 5)
    ways = [each.get("path") for each in office.server.records()]
    yield "recorded", ["102 parked 103"] in ways
    yield "caller hears the taker", caller.hears_tone(TONES[2])
    yield "taker hears the caller", taker.hears_tone(TONES[0])


def click(office):
    """RFC 3725 §4: an operator has 101 call 102; the phone of 101 rings and picks up, then that of 102 does."""
    office.start()
    other, phone = office.phone(1), office.phone(0)
    office.server.run("call", "dial", "101", "102")
    # A baresip that answers by itself says nothing of the ringing.
    yield "rings and picks up", phone.hears("established", 13)
    yield "told not to answer by itself", "Answer-Mode: Manual" in phone.messages()
    yield "called", other.hears("established", 8)
    time.sleep(4)
    yield "stands", not phone.has("closed") and not other.has("closed")
    yield "named", "P-Asserted-Identity: " in phone.messages() and "<sip:102@" in phone.messages()
    yield from heard(phone, other)


def echo(office):
    """*43: the server answers 101 itself and says back what it hears."""
    office.start()
    phone = office.phone(0, answer=False)
    phone.dial(office.uri("*43"))
    yield "answered", phone.hears("established", 12)
    time.sleep(5)
    yield "stands", not phone.has("closed")
    yield "recorded", any(each.get("callee") == "*43" and each.get("outcome") == "answered" for each in office.server.records())
    phone.hangup()
    yield "ended", phone.hears("closed", 5)
    yield "hears itself", phone.hears_tone(TONES[0])


def ipv6(office):
    """Both phones, their signalling and their sound on ::1."""
    office.address = "[::1]"
    rtp = office.server.rtp
    office.server.run("listener", "add", "tls", "[::1]:%d" % office.server.port)
    office.server.run("listener", "remove", "127.0.0.1:%d" % office.server.port)
    office.server.run("media", "ports", "[::1]:%d-%d" % (rtp, rtp + 1))
    office.start()
    other, phone = office.phone(1), office.phone(0, answer=False)
    yield "answered", office.call(phone, other, "102")
    time.sleep(4)
    yield "over IPv6", "c=IN IP6 ::1" in phone.messages() and "c=IN IP4" not in phone.messages()
    yield from heard(phone, other)


def heard(phone, other):
    """Ends the call, and asks whether each heard the other."""
    phone.hangup()
    yield "ended", other.hears("closed", 5)
    yield "caller hears", phone.hears_tone(TONES[1])
    yield "callee hears", other.hears_tone(TONES[0])


FEATURES = {each.__name__: each for each in (
    mailbox, presence, text, outbound, gruu, reliable, timer, hold, update, attended, pickup, forward,
    park, click, echo, ipv6)}


if __name__ == "__main__":
    trial.run(Office, FEATURES[feature])
