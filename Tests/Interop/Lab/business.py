# SPDX-License-Identifier: Apache-2.0
"""A business whose calls to the outside go over a real provider, with phones on both sides."""
import os

from phone import connect, until
from phones import KINDS
from provider import DOMAIN, PASSWORD, Provider
from server import Server

RATES = "prefix,destination,rate per minute,increments\n49,Germany,0.01,60/60\n"
# What a phone dials for the telephones of the provider, and the number of the business.
OUTSIDE, SECOND, OURS = "040555123", "089555123", "+4930555101"
OUR_URI = "sip:%s@%s" % (OURS, DOMAIN)
# In hertz.
TONES = {"101": 440, "102": 700, "outside": 1000, "second": 1500}


def uri(number):
    """What a phone of the business dials for it."""
    return "sip:%s@%s" % (number, Server.domain)


class Business:
    """A server with a trunk, a number that leads to 101, and extensions 101 and 102; phones are switched on one by one."""

    def __init__(self, program, folder, transport):
        self.folder, self.phones, self.rates, self.calls = folder, [], RATES, 10
        self.provider = Provider(folder, transport=transport)
        self.server = Server(program, folder, plain_calls=0 if transport == "tls" else 8)
        self.providers = [self.provider]

    def start(self, trunks=None):
        """Until a server of every provider knows it; `trunks` are names with the servers of each and a priority."""
        trunks = trunks or [("main", [self.provider], 0)]
        for each in self.providers:
            each.start()
        self.server.start()
        self.server.run("extension", "add", "101", "102")
        password, rates = os.path.join(self.folder, "password"), os.path.join(self.folder, "rates.csv")
        for path, text in ((password, PASSWORD + "\n"), (rates, self.rates)):
            with open(path, "w", encoding="utf-8") as file:
                file.write(text)
        self.server.run("country", "home", "DE")
        self.server.run("rates", "import", rates, "--activate")
        for name, servers, priority in trunks:
            places = [text for each in servers for text in ("--server", "127.0.0.1:%d" % each.port)]
            self.server.run("trunk", "add", name, "--domain", DOMAIN, *places, *servers[0].means, "--username", "account",
                            "--password-file", password, "--priority", str(priority), "--calls", str(self.calls))
        self.server.run("number", "add", OURS, "--to", "extension", "101")
        self.server.run("number", "caller", OURS)
        if not until(lambda: all("REG user=account" in servers[0].log("kamailio") for _, servers, _ in trunks), 20):
            raise RuntimeError("a trunk did not register")

    def desk(self, number, kind, **options):
        account = self.server.enrol(number)
        return self._start(KINDS[kind](
            account["username"], account["password"], "127.0.0.1:%d" % self.server.port, Server.domain, self.server.ca,
            os.path.join(self.folder, number), TONES[number], **options))

    def telephone(self, name, kind="baresip", provider=None):
        provider = provider or self.provider
        place = {"outside": "127.0.0.2", "second": "127.0.0.3"}[name]
        return self._start(KINDS[kind](
            name, PASSWORD, "127.0.0.1:%d" % provider.tls, DOMAIN, provider.ca,
            os.path.join(provider.folder, name), TONES[name], bind=place))

    def _start(self, phone):
        self.phones.append(phone)
        phone.start()
        if not phone.hears("registered", 15):
            raise RuntimeError("%s did not register" % phone.user)
        return phone

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
