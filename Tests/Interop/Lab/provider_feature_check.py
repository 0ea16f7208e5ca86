# SPDX-License-Identifier: Apache-2.0
"""provider_feature_check.py PROGRAM FEATURE [tls|udp|tcp] - what a business does with calls to the outside, over real providers.

Prints one JSON object with what was seen; `ok` when all of it was. Extension 101 has a tone of 440 Hz and 102 700 Hz; the
telephones of the provider have 1000 Hz (`outside`) and 1500 Hz (`second`). With KEEP in the environment the folder of a
failure stays; its name is on standard error.
"""
import json
import os
import shutil
import signal
import sys
import tempfile
import time

from phone import until
from phones import KINDS
from provider import DOMAIN, PASSWORD, Provider
from server import Server

program, feature, transport = (sys.argv[1:] + ["tls"])[:3]
RATES = "prefix,destination,rate per minute,increments\n49,Germany,0.01,60/60\n"
OUTSIDE, SECOND, OURS = "040555123", "089555123", "+4930555101"


class Business:
    """A server with a trunk, a number that leads to 101, and extensions 101 and 102; phones are switched on one by one."""

    def __init__(self, folder):
        self.folder, self.phones = folder, []
        self.provider = Provider(folder, transport=transport)
        self.server = Server(program, folder, plain_calls=0 if transport == "tls" else 8)
        self.providers = [self.provider]

    def start(self, trunks=None):
        for each in self.providers:
            each.start()
        self.server.start()
        self.server.run("extension", "add", "101", "102")
        self.password, rates = os.path.join(self.folder, "password"), os.path.join(self.folder, "rates.csv")
        for path, text in ((self.password, PASSWORD + "\n"), (rates, RATES)):
            with open(path, "w", encoding="utf-8") as file:
                file.write(text)
        self.server.run("country", "home", "DE")
        self.server.run("rates", "import", rates, "--activate")
        for name, servers, priority in trunks or [("main", [self.provider], 0)]:
            places = [text for each in servers for text in ("--server", "127.0.0.1:%d" % each.port)]
            self.server.run("trunk", "add", name, "--domain", DOMAIN, *places, *servers[0].means, "--username", "account",
                            "--password-file", self.password, "--priority", str(priority))
        self.server.run("number", "add", OURS, "--to", "extension", "101")
        self.server.run("number", "caller", OURS)

    def desk(self, number, kind, **options):
        account = self.server.enrol(number)
        return self._start(KINDS[kind](
            account["username"], account["password"], "127.0.0.1:%d" % self.server.port, Server.domain, self.server.ca,
            os.path.join(self.folder, number), {"101": 440, "102": 700}[number], **options))

    def telephone(self, name, kind="baresip", provider=None):
        provider = provider or self.provider
        place, hertz = {"outside": ("127.0.0.2", 1000), "second": ("127.0.0.3", 1500)}[name]
        return self._start(KINDS[kind](
            name, PASSWORD, "127.0.0.1:%d" % provider.tls, DOMAIN, provider.ca,
            os.path.join(provider.folder, name), hertz, bind=place))

    def _start(self, phone):
        self.phones.append(phone)
        phone.start()
        if not phone.hears("registered", 15):
            raise RuntimeError("%s did not register" % phone.user)
        return phone

    def registered(self, *providers):
        return until(lambda: all("REG user=account" in each.log("kamailio") for each in providers), 20)

    def connect(self, caller, callee, number):
        """Connects two of them, and says whether both are told so."""
        before = [each.count("established") for each in (caller, callee)]
        caller.dial(number if number.startswith("sip:") else "sip:%s@%s" % (number, Server.domain))
        return all(each.hears("established", 15, count + 1) for each, count in zip((caller, callee), before))

    def called(self, telephone, phone):
        """The provider's telephone calls the number of the business."""
        return self.connect(telephone, phone, "sip:%s@%s" % (OURS, DOMAIN))

    def paid(self, number, count=1):
        """Whether a record of this number says what it cost."""
        wanted = lambda record: record["dialled"].endswith(number[1:]) and record.get("charges")
        return until(lambda: sum(bool(wanted(each)) for each in self.server.records()) >= count, 5)

    def stop(self):
        for each in self.phones:
            each.stop()
        self.server.stop()
        for each in self.providers:
            each.stop()


def ended(phone, number=1):
    return phone.hears("closed", 10, number)


def dtmf(business):
    """RFC 4733: digits in both directions of an outside call."""
    business.start()
    yield "registered", business.registered(business.provider)
    desk, outside = business.desk("101", "baresip"), business.telephone("outside")
    yield "answered", business.connect(desk, outside, OUTSIDE)
    time.sleep(1)
    desk.dtmf("159")
    yield "digits out", until(lambda: outside.digits() == "159", 8)
    outside.dtmf("46")
    yield "digits in", until(lambda: desk.digits() == "46", 8)
    desk.hangup()
    yield "ended", ended(outside)


def hold(business):
    """RFC 3264 §8.4: 101 holds and resumes an outside call."""
    business.start()
    yield "registered", business.registered(business.provider)
    # What a baresip records ends when it is held.
    desk, outside = business.desk("101", "pjsua"), business.telephone("outside", "pjsua")
    yield "answered", business.connect(desk, outside, OUTSIDE)
    time.sleep(1)
    desk.hold()
    yield "held", until(lambda: "a=recvonly" in desk.messages() or "a=inactive" in desk.messages(), 5)
    time.sleep(1)
    desk.resume()
    time.sleep(4)
    yield "stands", not desk.has("closed") and not outside.has("closed")
    desk.hangup()
    yield "ended", ended(outside)
    yield "heard out", outside.hears_tone(440)
    yield "heard in", desk.hears_tone(1000)


def blind(business):
    """RFC 5589 §6: somebody outside calls 101, whose phone sends them on to another number outside. 101 pays for that."""
    business.start()
    business.server.run("class", "allow", "geographic", "--onward")
    yield "registered", business.registered(business.provider)
    desk, outside, second = business.desk("101", "baresip"), business.telephone("outside"), business.telephone("second")
    yield "called", business.called(outside, desk)
    time.sleep(1)
    desk.transfer("sip:%s@%s" % (SECOND, Server.domain))
    yield "target answered", second.hears("established", 15)
    yield "released", ended(desk)
    time.sleep(4)
    yield "stands", not outside.has("closed") and not second.has("closed")
    outside.hangup()
    yield "ended", ended(second)
    yield "caller hears the target", outside.hears_tone(1500)
    yield "target hears the caller", second.hears_tone(1000)
    yield "paid", business.paid(SECOND)


def premium(business):
    """Row T06: what 101 may not dial, 101 may not transfer to either."""
    business.start()
    yield "registered", business.registered(business.provider)
    desk, outside = business.desk("101", "baresip"), business.telephone("outside")
    yield "called", business.called(outside, desk)
    time.sleep(1)
    desk.transfer("sip:09001234567@" + Server.domain)
    yield "told", until(lambda: "SIP/2.0 403" in desk.messages(), 8)
    yield "never left", "to=sip:+49900" not in business.provider.log("kamailio")

def attended(business):
    """RFC 5589 §7: 101 is called from outside, asks another number outside, and connects the two."""
    business.start()
    business.server.run("class", "allow", "geographic", "--onward")
    yield "registered", business.registered(business.provider)
    desk, second = business.desk("101", "pjsua"), business.telephone("second")
    outside = business.telephone("outside", "pjsua")
    yield "called", business.called(outside, desk)
    time.sleep(1)
    desk.hold()
    time.sleep(1)
    yield "asked", business.connect(desk, second, SECOND)
    time.sleep(1)
    desk.attend()
    yield "released", ended(desk, 2)
    time.sleep(4)
    yield "stands", not outside.has("closed") and not second.has("closed")
    outside.hangup()
    yield "ended", ended(second)
    yield "caller hears the target", outside.hears_tone(1500)
    yield "target hears the caller", second.hears_tone(1000)
    yield "paid", business.paid(SECOND)


def forward(business):
    """102's phone sends calls on to a number outside (302): refused until the owner allows it, and 102 pays."""
    business.start()
    yield "registered", business.registered(business.provider)
    caller, outside = business.desk("101", "baresip"), business.telephone("outside")
    forwarder = business.desk("102", "pjsua", features={"forward": "sip:%s@elsewhere.example" % OUTSIDE})
    caller.dial("sip:102@" + Server.domain)
    yield "refused", ended(caller) and not outside.has("incoming")
    business.server.run("extension", "forwarding", "102", "--to", "outside")
    business.server.run("class", "allow", "geographic", "--onward")
    yield "answered", business.connect(caller, outside, "102")
    yield "redirected", "SIP/2.0 302" in forwarder.messages()
    time.sleep(4)
    caller.hangup()
    yield "ended", ended(outside)
    yield "caller hears", caller.hears_tone(1000)
    yield "callee hears", outside.hears_tone(440)
    yield "paid", any(each.get("charges") for each in business.server.records())


def pickup(business):
    """Somebody outside calls 101, which rings; 102 of the same group dials *8."""
    business.start()
    for number in ("101", "102"):
        business.server.run("extension", "group", number, "sales")
    yield "registered", business.registered(business.provider)
    ringing, taker = business.desk("101", "baresip", answer=False), business.desk("102", "baresip")
    outside = business.telephone("outside")
    outside.dial("sip:%s@%s" % (OURS, DOMAIN))
    yield "rings", ringing.hears("incoming", 10)
    time.sleep(0.5)
    taker.dial("sip:*8@" + Server.domain)
    yield "taken", taker.hears("established", 8) and outside.hears("established", 8)
    yield "stops ringing", ended(ringing)
    time.sleep(4)
    outside.hangup()
    yield "ended", ended(taker)
    yield "caller hears", outside.hears_tone(700)
    yield "taker hears", taker.hears_tone(1000)


def failover(business):
    """RFC 3263 §4.3: a provider with two servers, and another one behind it. Each in turn is silent or gone."""
    first = business.provider
    other = Provider(business.folder, "other-server", like=first)
    backup = Provider(business.folder, "backup")
    business.providers += [other, backup]
    business.start([("main", [first, other], 0), ("backup", [backup], 10)])
    desk = business.desk("101", "baresip")
    telephones = {each: business.telephone("outside", provider=each) for each in business.providers}
    yield "registered", business.registered(first, backup)

    def call(by):
        """Seconds until the telephone of this provider is connected with 101; None when it is not."""
        # Nobody begins calls faster than that.
        time.sleep(1.5)
        telephone, began = telephones[by], time.time()
        if not business.connect(desk, telephone, OUTSIDE):
            return None
        took = time.time() - began
        closed = telephone.count("closed")
        desk.hangup()
        return took if ended(telephone, closed + 1) else None

    yield "first", call(first)
    first.signal(signal.SIGSTOP)
    took = call(other)
    print("silent primary: %s s" % took, file=sys.stderr)
    yield "second server within 7 s of silence", took and took < 7
    first.signal(signal.SIGCONT)
    first.kill_signalling()
    took = call(other)
    print("dead primary: %s s" % took, file=sys.stderr)
    yield "second server at once", took and took < 3
    other.kill_signalling()
    took = call(backup)
    print("both dead: %s s" % took, file=sys.stderr)
    yield "second trunk", took and took < 7
    before = first.log("kamailio").count("REG user=account")
    first.start_signalling()
    other.start_signalling()
    yield "registers again by itself", until(
        lambda: first.log("kamailio").count("REG user=account") > before or "REG user=account" in other.log("kamailio"), 90)
    yield "every call is paid", business.paid(OUTSIDE, 4)


FEATURES = {each.__name__: each for each in (dtmf, hold, blind, premium, attended, forward, pickup, failover)}


def main():
    folder = tempfile.mkdtemp(prefix="ringfence-provider-")
    business, seen = Business(folder), {}
    try:
        for name, value in FEATURES[feature](business):
            seen[name] = bool(value)
            if not value:
                break
    except RuntimeError as error:
        seen[str(error)] = False
    finally:
        business.stop()
        seen["ok"] = bool(seen) and all(seen.values())
        if seen["ok"] or "KEEP" not in os.environ:
            shutil.rmtree(folder, ignore_errors=True)
        else:
            print(folder, file=sys.stderr)
    print(json.dumps(seen))
    sys.exit(0 if seen["ok"] else 1)


main()
