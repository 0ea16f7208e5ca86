# SPDX-License-Identifier: Apache-2.0
"""burst_check.py PROGRAM - somebody has the secret of extension 101 and a real provider behind it.

With no setting touched nothing leaves for another country or a premium number. With one country opened a few of thirty calls leave
at once, and no more. With every limit of calls inside the country widened as far as it goes, thirty calls at once end by the budget
of the extension: by our books within it, and by the provider's own clock within it and a second of each call.

Prints what was seen, as `trial` says.
"""
import math
import sys
import threading
import time
from decimal import Decimal

import trial
from business import Business
from phone import until
from provider import DOMAIN, PASSWORD
from sipphone import Phone

program = sys.argv[1]
PER_MINUTE, BUDGET, CALLS, PHONES = Decimal("0.48"), Decimal("3.00"), 30, 6
RATES = "prefix,destination,rate per minute,increments\n" + "".join(
    "%s,somewhere,%s,1/1\n" % (prefix, PER_MINUTE) for prefix in (1, 2, 3, 4, 5, 6, 7, 8, 9))
# Countries in the news, islands of the North American plan, satellites and international networks.
ABROAD = ["00" + number for number in (
    "18765550123", "12425550123", "14415550123", "37122345678", "21622345678", "23222345678", "25377123456", "37060012345",
    "38761123456", "41446681800", "442079460123", "33142685300", "5312345678", "85512345678", "8816123456789", "870773123456",
    "882161234567", "88299123456", "97022123456", "12125550123")]
PREMIUM = ["0900123456", "09001234567", "0137123456", "118000", "01805123456", "0190123456"]


class Biller(Phone):
    """The telephone at the provider, which answers, and writes down when each call began and ended."""

    def __init__(self, *arguments):
        self.began, self.over = {}, {}
        super().__init__(*arguments, answers=True)

    def _take(self, message):
        if message.method == "ACK":
            self.began.setdefault(message["call-id"], time.time())
        if message.method == "BYE":
            self.over.setdefault(message["call-id"], time.time())
        super()._take(message)

    @property
    def bill(self):
        """Each call in whole seconds, as the price list says."""
        return sum(math.ceil(self.over[call] - self.began[call]) * PER_MINUTE / 60 for call in self.over if call in self.began)


def secrets(business, count):
    """So many connections of whoever has the secret, each a phone of 101."""
    server = business.server
    accounts = [server.enrol("101") for _ in range(count)]
    phones = [Phone("127.0.0.1", server.port, server.ca, a["username"], a["password"], a["domain"]) for a in accounts]
    if not all(phone.register() for phone in phones):
        raise RuntimeError("a phone did not register")
    return phones


def silent(server):
    """The records of paid calls that do not say which limit ended them."""
    return [each for each in server.records() if each.get("charges")
            and "budget" not in each["reason"] and "limit" not in each["reason"]]


def steal(business):
    business.rates, business.calls = RATES, 50
    business.start()
    provider, server = business.provider, business.server
    biller = Biller("127.0.0.1", provider.tls, provider.ca, "outside", PASSWORD, DOMAIN)
    yield "the provider has a telephone", biller.register()
    [thief] = secrets(business, 1)
    statuses = []
    for number in ABROAD + PREMIUM:
        statuses.append(thief.call(number))
        time.sleep(0.3)
    yield "nothing abroad and nothing premium is answered", all(status and status >= 400 for status in statuses)
    yield "nothing reached the provider", "CALL from" not in provider.log("kamailio")
    yield "nothing was spent", not [each for each in server.records() if each.get("charges")]

    # Numbers that were refused are a sign by themselves.
    if any(each["subject"] == "101" for each in server.ask("pattern", "show")["stops"]):
        server.run("pattern", "release", "101", "--reason", "the trial goes on")
    server.run("country", "open", "FR")
    abroad = [thief.call("00331426853%02d" % n, hang_up=False) for n in range(CALLS)]
    yield "with a country opened a few get out", 1 <= abroad.count(200) <= 4
    thief.close()
    server.run("pattern", "release", "101", "--reason", "the trial goes on")
    server.run("spend", "limit", "extension", "101", "--hour", str(BUDGET), "--day", "12", "--week", "36")
    server.run("limit", "set", "101", "--simultaneous", "50", "--per-second", "50", "--per-minute", "500")
    server.run("limit", "set", "trunk", "main", "--simultaneous", "50", "--per-second", "50", "--per-minute", "500")
    for rule, most in {"costly-minute": 200, "costly-hour": 1000, "concurrency": 80, "one-block": 99, "cost-rate": 16000,
                       "business-minute": 500, "business-concurrency": 300, "business-cost-rate": 40000}.items():
        server.run("pattern", "set", rule, "--warn", "1", "--block", str(most), "--minutes", "5")
    server.run("pattern", "adjust", "--new-country", "warn", "--after-change", "100")
    phones, finals = secrets(business, PHONES), []

    def burst(phone, first):
        for n in range(first, CALLS, PHONES):
            finals.append(phone.call("040%d" % (20_000_000 + 211_317 * n), hang_up=False))

    threads = [threading.Thread(target=burst, args=(phone, n), daemon=True) for n, phone in enumerate(phones)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    answered = finals.count(200) + abroad.count(200)
    print(abroad, finals, file=sys.stderr)
    yield "the burst is answered", answered >= CALLS * 2 // 3

    yield "all of it ends by itself", until(lambda: len(biller.over) == answered, 60)
    last = max(biller.over.values()) - min(biller.over.values())
    time.sleep(1)
    standing = next(each for each in server.ask("spend", "show")["standings"] if each["pool"] == "extension 101")
    spent = Decimal(standing["lines"][0]["spent"])
    print("answered %d, by our books %s, by the provider's clock %s, budget %s, all BYEs within %.1f s" % (
        answered, spent, biller.bill, BUDGET, last), file=sys.stderr)
    yield "by our books within the budget", spent <= BUDGET
    # A second of each call lies between our clock and the provider's: the BYE travels, and each side rounds up.
    yield "by the provider's clock within the budget and a second of each call", biller.bill <= BUDGET + answered * PER_MINUTE / 60
    # The BYE travels first; a busy machine writes the end of the record a little later.
    yield "each record says why", until(lambda: not silent(server), 30) or print(silent(server), file=sys.stderr)
    before = provider.log("kamailio").count("CALL from")
    [again] = secrets(business, 1)
    yield "no more calls", again.call("04055512399") >= 400
    yield "none reaches the provider", provider.log("kamailio").count("CALL from") == before


if __name__ == "__main__":
    trial.run(lambda folder: Business(program, folder, "tls"), steal)
