# SPDX-License-Identifier: Apache-2.0
"""A business with extensions, and a real phone for each that is asked for: baresip, which says a tone of its own."""
import os

from baresip import Baresip
from server import Server


class Office:
    def __init__(self, folder, program, tones):
        """`tones` has the Hz that the phones of each extension say."""
        self.folder, self.tones, self.phones = folder, tones, []
        self.server = Server(program, folder)

    def start(self):
        self.server.start()
        self.server.run("extension", "add", *self.tones)
        self.accounts = {number: self.server.enrol(number) for number in self.tones}

    def phone(self, number):
        """One that is registered."""
        account = self.accounts[number]
        each = Baresip(
            account["username"], account["password"], "127.0.0.1:%d" % self.server.port, Server.domain, self.server.ca,
            os.path.join(self.folder, "%s-%d" % (number, len(self.phones))), self.tones[number])
        self.phones.append(each)
        each.start()
        if not each.hears("registered", 15):
            raise RuntimeError("a phone of %s did not register" % number)
        return each

    def stop(self):
        for each in self.phones:
            each.stop()
        self.server.stop()
