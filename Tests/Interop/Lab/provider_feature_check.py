# SPDX-License-Identifier: Apache-2.0
"""provider_feature_check.py PROGRAM FEATURE [tls|udp|tcp] - what a business does with calls to the outside, over real providers.

Prints what was seen, as `trial` says.
"""
import os
import signal
import sys
import time

import trial
from business import OUR_URI, OURS, OUTSIDE, RATES, SECOND, TONES, Business, uri
from phone import connect, until
from provider import Provider

program, feature, transport = (sys.argv[1:] + ["tls"])[:3]


def ended(phone, number=1):
    return phone.hears("closed", 10, number)


def joined(business, outside, second, dialled=SECOND):
    """The two telephones of the provider that 101 has connected hear each other, and 101 pays."""
    time.sleep(4)
    yield "stands", not outside.has("closed") and not second.has("closed")
    outside.hangup()
    yield "ended", ended(second)
    yield "caller hears the target", outside.hears_tone(TONES["second"])
    yield "target hears the caller", second.hears_tone(TONES["outside"])
    yield "paid", business.paid(dialled)


def dtmf(business):
    """RFC 4733: digits in both directions of an outside call."""
    business.start()
    desk, outside = business.desk("101", "baresip"), business.telephone("outside")
    yield "answered", connect(desk, outside, uri(OUTSIDE))
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
    # What a baresip records ends when it is held.
    desk, outside = business.desk("101", "pjsua"), business.telephone("outside", "pjsua")
    yield "answered", connect(desk, outside, uri(OUTSIDE))
    time.sleep(1)
    desk.hold()
    yield "held", until(lambda: "a=recvonly" in desk.messages() or "a=inactive" in desk.messages(), 5)
    time.sleep(1)
    desk.resume()
    time.sleep(4)
    yield "stands", not desk.has("closed") and not outside.has("closed")
    desk.hangup()
    yield "ended", ended(outside)
    yield "heard out", outside.hears_tone(TONES["101"])
    yield "heard in", desk.hears_tone(TONES["outside"])


def blind(business):
    """RFC 5589 §6: somebody outside calls 101, whose phone sends them on to another number outside. 101 pays for that."""
    business.start()
    business.server.run("class", "allow", "geographic", "--onward")
    desk, outside, second = business.desk("101", "baresip"), business.telephone("outside"), business.telephone("second")
    yield "called", connect(outside, desk, OUR_URI)
    time.sleep(1)
    desk.transfer(uri(SECOND))
    yield "target answered", second.hears("established", 15)
    yield "released", ended(desk)
    yield from joined(business, outside, second)


def premium(business):
    """Row T06: what 101 may not dial, 101 may not transfer to either."""
    business.start()
    desk, outside = business.desk("101", "baresip"), business.telephone("outside")
    yield "called", connect(outside, desk, OUR_URI)
    time.sleep(1)
    desk.transfer(uri("09001234567"))
    yield "told", until(lambda: "SIP/2.0 403" in desk.messages(), 8)
    yield "never left", "to=sip:+49900" not in business.provider.log("kamailio")


def attended(business):
    """RFC 5589 §7: 101 is called from outside, asks another number outside, and connects the two."""
    business.start()
    business.server.run("class", "allow", "geographic", "--onward")
    desk, second = business.desk("101", "pjsua"), business.telephone("second")
    outside = business.telephone("outside", "pjsua")
    yield "called", connect(outside, desk, OUR_URI)
    time.sleep(1)
    desk.hold()
    time.sleep(1)
    yield "asked", connect(desk, second, uri(SECOND))
    time.sleep(1)
    desk.attend()
    yield "released", ended(desk, 2)
    yield from joined(business, outside, second)


def forward(business):
    """102's phone sends calls on to a number outside (302): refused until the owner allows it, and 102 pays."""
    business.start()
    caller, outside = business.desk("101", "baresip"), business.telephone("outside")
    forwarder = business.desk("102", "pjsua", features={"forward": "sip:%s@elsewhere.example" % OUTSIDE})
    caller.dial(uri("102"))
    yield "refused", ended(caller) and not outside.has("incoming")
    business.server.run("extension", "forwarding", "102", "--to", "outside")
    business.server.run("class", "allow", "geographic", "--onward")
    yield "answered", connect(caller, outside, uri("102"))
    yield "redirected", "SIP/2.0 302" in forwarder.messages()
    time.sleep(4)
    caller.hangup()
    yield "ended", ended(outside)
    yield "caller hears", caller.hears_tone(TONES["outside"])
    yield "callee hears", outside.hears_tone(TONES["101"])
    yield "paid", any(each.get("charges") for each in business.server.records())


def pickup(business):
    """Somebody outside calls 101, which rings; 102 of the same group dials *8."""
    business.start()
    for number in ("101", "102"):
        business.server.run("extension", "group", number, "sales")
    ringing, taker = business.desk("101", "baresip", answer=False), business.desk("102", "baresip")
    outside = business.telephone("outside")
    outside.dial(OUR_URI)
    yield "rings", ringing.hears("incoming", 10)
    time.sleep(0.5)
    taker.dial(uri("*8"))
    yield "taken", taker.hears("established", 8) and outside.hears("established", 8)
    yield "stops ringing", ended(ringing)
    time.sleep(4)
    outside.hangup()
    yield "ended", ended(taker)
    yield "caller hears", outside.hears_tone(TONES["102"])
    yield "taker hears", taker.hears_tone(TONES["outside"])


def group(business):
    """A number rings a group together: who takes the call has it, and the other phone stops ringing. At night it leads elsewhere."""
    business.start()
    server = business.server
    server.run("group", "add", "sales", "--member", "101", "102", "--number", "700")
    server.run("number", "route", OURS, "--to", "group", "sales", "--closed", "extension", "102")
    silent, taker = business.desk("101", "baresip", answer=False), business.desk("102", "baresip", answer=False)
    outside = business.telephone("outside")
    outside.dial(OUR_URI)
    yield "both ring", silent.hears("incoming", 10) and taker.hears("incoming", 10)
    taker.accept()
    yield "one has it", taker.hears("established", 8) and outside.hears("established", 8)
    yield "the other stops", ended(silent)
    time.sleep(4)
    outside.hangup()
    yield "ended", ended(taker)
    yield "caller hears", outside.hears_tone(TONES["102"])
    yield "taker hears", taker.hears_tone(TONES["outside"])
    server.run("night", "on")
    outside.dial(OUR_URI)
    yield "at night one rings", taker.hears("incoming", 10, 2)
    time.sleep(1)
    yield "and nobody else", silent.count("incoming") == 1
    taker.hangup()
    yield "busy tone", ended(outside, 2)


def unanswered(business):
    """101 does not answer, and a setting sends the call on to a number outside: refused until the owner allows it, and 101 pays."""
    business.start()
    server = business.server
    server.run("extension", "forwarding", "101", "--to", "outside")
    server.run("class", "allow", "geographic", "--onward")
    server.run("forward", "set", "101", "no-answer", "+49" + SECOND[1:], "--after", "5")
    desk = business.desk("101", "baresip", answer=False)
    outside, second = business.telephone("outside"), business.telephone("second")
    outside.dial(OUR_URI)
    yield "rings first", desk.hears("incoming", 10)
    yield "target answered", second.hears("established", 15)
    yield "stops ringing", ended(desk)
    yield from joined(business, outside, second, OURS)
    server.run("extension", "forwarding", "101", "--to", "nobody")
    outside.dial(OUR_URI)
    yield "rings again", desk.hears("incoming", 10, 2)
    yield "goes nowhere", ended(outside, 2) and second.count("established") == 1


def blocked(business):
    """Who withholds their number does not get through where such calls are not taken, and nothing rings."""
    business.start()
    business.server.run("block", "anonymous", "on")
    desk, outside = business.desk("101", "baresip"), business.telephone("outside")
    outside.dial(OUR_URI)
    yield "refused", ended(outside) and not desk.has("incoming")
    business.server.run("block", "anonymous", "off")
    yield "let through", connect(outside, desk, OUR_URI)


def failover(business):
    """RFC 3263 §4.3: a provider with two servers, and another one behind it. Each in turn is silent or gone."""
    first = business.provider
    other = Provider(business.folder, "other-server", like=first)
    backup = Provider(business.folder, "backup")
    business.providers += [other, backup]
    business.start([("main", [first, other], 0), ("backup", [backup], 10)])
    desk = business.desk("101", "baresip")
    telephones = {each: business.telephone("outside", provider=each) for each in business.providers}

    def call(by):
        """Seconds until the telephone of this provider is connected with 101; None when it is not."""
        # Nobody begins calls faster than that.
        time.sleep(1.5)
        telephone, began = telephones[by], time.time()
        if not connect(desk, telephone, uri(OUTSIDE)):
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


def called(provider, number=-1):
    """What the provider noted of a call, by default of the last one."""
    return [line for line in provider.log("kamailio").splitlines() if "CALL from=" in line][number]


def route(business):
    """The cheaper of two providers takes the call; when it is dead the other one does, at its own price."""
    first = business.provider
    cheap = Provider(business.folder, "cheap")
    business.providers.append(cheap)
    business.start([("main", [first], 0), ("cheap", [cheap], 10)])
    server = business.server
    prices = os.path.join(business.folder, "cheap.csv")
    with open(prices, "w", encoding="utf-8") as file:
        file.write(RATES.replace("0.01", "0.005"))
    server.run("rates", "import", prices, "--trunk", "cheap", "--activate")
    yield "the first choice without a route", "leaves by trunk main, at 0.01 a minute" in server.run("route", "test", OUTSIDE)
    server.run("route", "add", "home", "--country", "DE", "--order", "least-cost", "--trunk", "main", "cheap")
    yield "the cheapest by the route", "leaves by trunk cheap, at 0.005 a minute" in server.run("route", "test", OUTSIDE)
    desk = business.desk("101", "baresip")
    telephones = {each: business.telephone("outside", provider=each) for each in business.providers}
    yield "by the cheap one", connect(desk, telephones[cheap], uri(OUTSIDE))
    desk.hangup()
    yield "ended", ended(telephones[cheap])
    time.sleep(1.5)
    cheap.signal(signal.SIGSTOP)
    yield "by the other when it is silent", connect(desk, telephones[first], uri(OUTSIDE))
    desk.hangup()
    yield "ended there", ended(telephones[first])
    cheap.signal(signal.SIGCONT)
    yield "both are paid", business.paid(OUTSIDE, 2)
    lists = [[each["deck"] for each in record["charges"]] for record in server.records() if record.get("charges")]
    yield "each at its own price", sorted(lists, key=len) == [["cheap"], ["cheap", "default"]]


def withheld(business):
    """RFC 3323, RFC 3325: a code before the number, and who is told."""
    business.start()
    desk, outside = business.desk("101", "baresip"), business.telephone("outside")
    yield "answered", connect(desk, outside, uri("*31*" + OUTSIDE))
    desk.hangup()
    yield "ended", ended(outside)
    line = called(business.provider)
    yield "unknown to everybody", "anonymous.invalid" in line and "privacy=id" in line and OURS not in line
    time.sleep(1.5)
    business.server.run("trunk", "set", "main", "--keeps-withheld")
    business.server.run("number", "withhold", "101")
    yield "answered again", connect(desk, outside, uri(OUTSIDE))
    desk.hangup()
    yield "ended again", ended(outside, 2)
    line = called(business.provider)
    yield "known to the provider alone", "anonymous.invalid" in line and "asserted=sip:%s@" % OURS in line


def diverted(business):
    """RFC 5806, RFC 7044: 101 forwards to a number outside, and the provider is told by whom."""
    business.start()
    server = business.server
    server.run("extension", "forwarding", "101", "--to", "outside")
    server.run("class", "allow", "geographic", "--onward")
    server.run("forward", "set", "101", "always", "+49" + SECOND[1:])
    desk, second = business.desk("102", "baresip"), business.telephone("second")
    for field, words in (("diversion", "reason=unconditional;counter=1"), ("history", "cause=302>;index=1.1;mp=1")):
        server.run("trunk", "set", "main", "--forward-field", field)
        yield field + " answered", connect(desk, second, uri("101"))
        closed = second.count("closed")
        desk.hangup()
        yield field + " ended", ended(second, closed + 1)
        line = called(business.provider)
        yield field + " told", words in line and "<sip:%s@" % OURS in line
        time.sleep(1.5)


def pilot(business):
    """RFC 6140: one registration for all numbers. The provider writes the number that is called before the contact."""
    business.start()
    business.server.run("trunk", "set", "main", "--registers-numbers")
    yield "registered", until(lambda: "require=gin contact=<sip:" in business.provider.log("kamailio"), 20)
    yield "without a user", ";bnc>" in business.provider.log("kamailio").rsplit("REG user=account", 1)[1]
    desk, outside = business.desk("101", "baresip"), business.telephone("outside")
    yield "is called on its number", until(lambda: connect(outside, desk, OUR_URI), 20)
    outside.hangup()
    yield "ended", ended(desk)
    yield "calls out", connect(desk, outside, uri(OUTSIDE))


FEATURES = {each.__name__: each for each in (
    dtmf, hold, blind, premium, attended, forward, pickup, group, unanswered, blocked, failover, route, withheld, diverted,
    pilot)}

if __name__ == "__main__":
    trial.run(lambda folder: Business(program, folder, transport), FEATURES[feature])
