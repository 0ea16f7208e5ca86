# SPDX-License-Identifier: Apache-2.0
"""trace_check.py PROGRAM - what is signalled in a call is noted, exported to sngrep, and read by tcpdump, without secrets.

Prints what was seen, as `trial` says. sngrep gets packets of HEP3 as a Homer would; tcpdump reads the file that is written.
"""
import json
import os
import re
import signal
import subprocess
import sys

import trial
from phone import until
from server import Server, free_port
from sipphone import Phone

program, = sys.argv[1:]


class Office:
    def __init__(self, folder):
        self.folder, self.phones, self.reader, self.said = folder, [], None, []
        self.server, self.collector = Server(program, folder), free_port()
        self.heard = os.path.join(folder, "heard.pcap")

    def start(self):
        self.server.start()
        self.server.run("extension", "add", "101", "102")
        self.accounts = {number: self.server.enrol(number) for number in ("101", "102")}
        self.reader = subprocess.Popen(["sngrep", "-N", "-q", "-L", "udp:127.0.0.1:%d" % self.collector, "-O", self.heard],
                                       stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def phone(self, number, **options):
        account = self.accounts[number]
        phone = Phone("127.0.0.1", self.server.port, self.server.ca, account["username"], account["password"], Server.domain, **options)
        make = phone.sdp

        def sdp(*arguments):
            text = make(*arguments)
            self.said += re.findall(r"inline:([A-Za-z0-9+/=]+)", text)
            return text

        phone.sdp = sdp
        self.phones.append(phone)
        return phone

    def stop(self):
        for phone in self.phones:
            phone.close()
        self.stop_reader()
        self.server.stop()

    def stop_reader(self):
        if self.reader and self.reader.poll() is None:
            self.reader.send_signal(signal.SIGINT)
            self.reader.wait(10)


def shown(path):
    return subprocess.run(["tcpdump", "-n", "-A", "-r", path], capture_output=True, text=True, errors="replace").stdout


def trace(office):
    office.start()
    server = office.server
    yield "nothing is noted unless somebody asks", refused(office, "trace", "show")
    yield "it goes to no other network", refused(office, "trace", "start", "--until", "1h", "--hep", "198.51.100.1:9060")
    server.run("trace", "start", "--until", "1h", "--hep", "127.0.0.1:%d" % office.collector)
    caller, callee = office.phone("101"), office.phone("102", answers=True)
    yield "both register", caller.register() and callee.register()
    yield "a call is answered", caller.call("102") == 200
    call = server.records()[0]["id"]
    yield "both sides of it are there", until(lambda: len({each["callID"] for each in messages(server, call)}) == 2, 5)
    text = server.run("trace", "show", call)
    yield "from the first word to the last", "INVITE sip:102@" in text and "BYE sip:" in text
    everything = server.run("trace", "export", "all", office.folder + "/all.pcap") and shown(office.folder + "/all.pcap")
    yield "tcpdump reads the file", "REGISTER sip:" in everything and "INVITE sip:102@" in everything
    proofs = re.findall(r'response="([^"]*)"', everything)
    yield "no answer to a challenge is in it", proofs and all(set(each) == {"*"} for each in proofs)
    yield "no key of audio is in it", len(office.said) >= 2 and not any(key in everything + text for key in office.said)
    yield "only its owner may read it", os.stat(office.folder + "/all.pcap").st_mode & 0o077 == 0
    yield "a file that is there stays", refused(office, "trace", "export", "all", office.folder + "/all.pcap")
    server.run("support", office.folder + "/fault.json")
    with open(office.folder + "/fault.json") as file:
        fault = file.read()
    yield "what helps is in a file", {"doctor", "event.list", "phone.list"} <= set(json.loads(fault))
    yield "no password is in it", not any(each["password"] in fault for each in office.accounts.values())
    stopped = server.ask("trace", "stop")
    yield "each message was sent to the collector", stopped["exported"] >= 10 and stopped["unsent"] == 0
    office.stop_reader()
    heard = shown(office.heard)
    yield "sngrep understood it", "INVITE sip:102@" in heard and not any(key in heard for key in office.said)
    yield "it is forgotten", refused(office, "trace", "show")


def messages(server, call):
    return server.ask("trace", "show", call)["messages"]


def refused(office, *arguments):
    return subprocess.run([program, *arguments, "--data", office.server.data], capture_output=True).returncode == 1


trial.run(Office, trace)
