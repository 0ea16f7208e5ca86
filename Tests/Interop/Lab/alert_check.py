# SPDX-License-Identifier: Apache-2.0
"""alert_check.py PROGRAM - an owner who is told by a real mail server (aiosmtpd over STARTTLS, with a login), a real webhook and a
real collector of logs (rsyslog over TLS): tests that are confirmed, failed logins and a refused premium call within five seconds, all of them away while things happen, the
server killed by `kill -9` at any moment of it, and then nothing missing and nothing twice. No check of a certificate is off.

Prints what was seen, as `trial` says.
"""
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time

import trial
from phone import until
from server import Server, free_port
from sink import PASSWORD, USER, Sink, certify
from sipphone import Phone

program = os.path.abspath(sys.argv[1])
LEAVE = "sinks of the trial on this machine; said the trial"


class Collector(Sink):
    """rsyslog, with a file for what it gets."""

    FORM = "%pri% %hostname% %app-name% %msgid% %msg%\\n"

    def __init__(self, folder, certificate, key):
        self.path, self.process, self.port = os.path.join(folder, "log"), None, free_port()
        settings = os.path.join(folder, "rsyslog.conf")
        with open(settings, "w") as file:
            file.write("""
                global(workDirectory="%s" DefaultNetstreamDriver="ossl" DefaultNetstreamDriverCAFile="%s"
                       DefaultNetstreamDriverCertFile="%s" DefaultNetstreamDriverKeyFile="%s")
                module(load="imtcp" StreamDriver.Name="ossl" StreamDriver.Mode="1" StreamDriver.AuthMode="anon")
                template(name="whole" type="string" string="%s")
                input(type="imtcp" port="%d" address="127.0.0.1")
                action(type="omfile" file="%s" template="whole")
                """ % (folder, certificate, certificate, key, self.FORM, self.port, self.path))
        self.command = ["rsyslogd", "-n", "-f", settings, "-i", os.path.join(folder, "rsyslog.pid")]

    def start(self):
        self.process = subprocess.Popen(self.command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                                        env=dict(os.environ, PATH=os.environ["PATH"] + ":/usr/sbin"))
        if not until(self.listens, 10):
            raise RuntimeError("no rsyslog: " + " ".join(self.command))

    def listens(self):
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def got(self):
        if not os.path.exists(self.path):
            return []
        with open(self.path) as file:
            # What rsyslog says of itself is there too.
            return [self.read(line) for line in file if line.endswith("\n") and " ringfence " in line]

    @staticmethod
    def read(line):
        priority, host, program, kind, text = line.rstrip("\n").split(" ", 4)
        body = json.loads(text.strip().lstrip("\ufeff"))
        return {"priority": int(priority), "host": host, "program": program, "kind": kind, "body": body, "id": body["id"]}


class Office:
    def __init__(self, folder):
        self.folder, self.phones = folder, []
        certificate, key = certify(folder)
        self.certificate, self.key = certificate, os.urandom(32).hex()
        self.mail = Sink(folder, "mail_sink", certificate, key, USER, PASSWORD)
        self.hook = Sink(folder, "webhook_sink", certificate, key, self.key)
        self.log = Collector(folder, certificate, key)
        self.sinks = (self.mail, self.hook, self.log)
        self.server = Server(program, folder)

    def start(self):
        for sink in self.sinks:
            sink.start()
        self.server.start()
        self.server.run("extension", "add", "101", "102", "103")
        # A line that leads nowhere: what is refused never gets so far.
        password = self.secret("account", "quiet harbour lantern\n")
        self.server.run("country", "home", "DE")
        self.server.run("trunk", "add", "main", "--domain", "provider.example", "--server", "127.0.0.9:%d" % free_port(),
                        "--username", "account", "--password-file", password)
        self.accounts = {number: self.server.enrol(number) for number in ("101", "102", "103")}

    def secret(self, name, text):
        path = os.path.join(self.folder, name)
        with open(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600), "w") as file:
            file.write(text)
        return path

    def stop(self):
        for phone in self.phones:
            phone.close()
        for sink in self.sinks:
            sink.stop()
        self.server.stop()

    def phone(self, number, password=None):
        account = self.accounts[number]
        phone = Phone("127.0.0.1", self.server.port, self.server.ca, account["username"], password or account["password"],
                      Server.domain)
        self.phones.append(phone)
        return phone

    def fails(self, number, times=3):
        """Somebody tries to log in as a phone."""
        for _ in range(times):
            phone = self.phone(number, "wrong")
            phone.register()
            phone.close()

    def calls_premium(self, number):
        phone = self.phone(number)
        phone.register()
        return phone.call("+499001234567")

    def alerts(self):
        return self.server.ask("alert", "list", "--limit", "1000")

    def refused(self, *arguments):
        done = subprocess.run([program, *arguments, "--data", self.server.data], capture_output=True, text=True)
        return done.stderr if done.returncode == 1 else None

    def told(self, sink, word, seconds=5):
        return until(lambda: any(word in json.dumps(each, ensure_ascii=False) for each in sink.got()), seconds)


def channels(office):
    server, mail, hook = office.server, office.mail, office.hook
    password, key = office.secret("password", PASSWORD + "\n"), office.secret("key", office.key + "\n")
    to_mail = ["--server", "localhost:%d" % mail.port, "--from", "pbx@localhost.example", "--to", "owner@office.example"]
    login = ["--username", USER, "--password-file", password]
    trusted = ["--authority", office.certificate, "--allow-private", LEAVE]
    # P10: a name that leads inside is not asked without leave.
    server.run("alert", "channel", "add", "mail", "inside", *to_mail, *login, "--authority", office.certificate)
    yield "P10 leads nowhere inside without leave", "is inside" in (office.refused("alert", "channel", "test", "inside") or "")
    server.run("alert", "channel", "remove", "inside")
    server.run("alert", "channel", "add", "mail", "strange", *to_mail, *login, "--allow-private", LEAVE)
    yield "trusts no certificate of strangers", "certificate" in (office.refused("alert", "channel", "test", "strange") or "")
    server.run("alert", "channel", "remove", "strange")
    server.run("alert", "channel", "add", "webhook", "moved", "https://localhost:%d/moved" % hook.port, *trusted, "--key-file", key)
    yield "follows no redirect", "HTTP 302" in (office.refused("alert", "channel", "test", "moved") or "")
    server.run("alert", "channel", "remove", "moved")
    yield "and asked nobody else", all(each["path"] == "/moved" for each in hook.got())
    wrong = office.secret("wrong", "no such password\n")
    server.run("alert", "channel", "add", "mail", "owner", *to_mail, "--username", USER, "--password-file", wrong, *trusted)
    yield "says that the login is refused", "user name or password" in (office.refused("alert", "channel", "test", "owner") or "")
    server.run("alert", "channel", "secret", "owner", "--secret-file", password)
    server.run("alert", "channel", "add", "webhook", "siem", "https://localhost:%d/alerts" % hook.port, *trusted, "--key-file", key)
    server.run("alert", "channel", "add", "syslog", "log", "localhost:%d" % office.log.port, *trusted)
    for name, sink in (("owner", mail), ("siem", hook), ("log", office.log)):
        began = time.time()
        server.run("alert", "channel", "test", name)
        yield "test over %s within 5 s" % name, office.told(sink, "Test of the alert channel " + name) and time.time() < began + 10
        code = re.search(r"The code is (\d{6})|\"code\": \"(\d{6})\"", json.dumps(sink.got()[-1]))
        yield "%s refuses a wrong code" % name, office.refused("alert", "channel", "confirm", name, "x")
        server.run("alert", "channel", "confirm", name, next(filter(None, code.groups())))
    states = {each["channel"]["name"]: each for each in server.ask("alert", "channel", "list")}
    yield "all are confirmed", all(states[name]["isConfirmed"] for name in ("owner", "siem", "log"))
    yield "no secret is shown", not any(word in json.dumps(states) for word in (PASSWORD, office.key))
    first = mail.got()[0]
    office.since = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    yield "by TLS and after a login", first["tls"] and first["login"] and first["to"] == ["owner@office.example"]


def arrive(office):
    mail, hook = office.mail, office.hook
    began = time.time()
    office.fails("101")
    for sink in office.sinks:
        yield "failed logins within 5 s", office.told(sink, "extension 101 with a wrong password") and time.time() < began + 8
    began = time.time()
    yield "premium is refused", (office.calls_premium("102") or 0) >= 400
    for sink in office.sinks:
        yield "premium within 5 s", office.told(sink, "paid for being called") and time.time() < began + 8
    alert = next(each for each in mail.got() if "paid for being called" in each["subject"])
    yield "says what was done and what to do", all(
        word in alert["text"] for word in ("What the system did: The call was refused", "ringfence extension disable 102"))
    yield "has no link and no script", not re.search(r"https?:|<a |<script|<img|<form", alert["html"] + alert["text"])
    record = next(each for each in office.log.got() if each["kind"] == "event.premiumRefused")
    yield "the log says who, what and how bad", (record["host"], record["program"], record["priority"]) == (
        Server.domain, "ringfence", 84)
    yield "every webhook is signed", all(each["signed"] for each in hook.got() if each["path"] == "/alerts")


def away(office):
    """All sinks are gone while things happen, and the server is killed in between: what was told is what arrives, each once."""
    server = office.server
    for sink in office.sinks:
        sink.stop()
    office.fails("102")
    yield "told while nobody takes it", until(
        lambda: any("extension 102 " in each["finding"]["title"] for each in office.alerts()), 5)
    server.kill()
    server.start()
    office.calls_premium("103")
    yield "told after a restart", until(
        lambda: any("extension 103" in each["finding"]["evidence"] or "about 103" in each["finding"]["evidence"]
                    for each in office.alerts()), 5)
    server.kill()
    server.start()
    waiting = {each["channel"]["name"]: each["traffic"]["waiting"] for each in server.ask("alert", "channel", "list")}
    yield "it waits on the disk", all(waiting[name] >= 2 for name in ("owner", "siem", "log"))
    yield "doctor says so", until(lambda: "alert channel" in doctor(server), 90)
    for sink in office.sinks:
        sink.start()
    # In the middle of what goes out.
    for _ in range(3):
        time.sleep(1.5)
        server.kill()
        server.start()
    wanted = [each["finding"] for each in office.alerts() if each["at"] >= office.since]
    for sink in office.sinks:
        yield "nothing is missing", until(lambda: all(has(sink, each) for each in wanted if is_for(sink, each)), 400)
    for sink in office.sinks:
        yield "nothing comes twice", is_once(sink)


def is_for(sink, finding):
    """That a channel fails is told over the others, and what was told before there was a channel over none."""
    if finding["code"] == "event.alertsChanged":
        return False
    name = {"mail_sink": "owner", "webhook_sink": "siem", "log": "log"}[os.path.basename(sink.path).split(".")[0]]
    return not (finding["code"] == "alert-channel" and finding.get("subject") == name)


def plain(text):
    return re.sub(r"\s+", " ", text)


def has(sink, finding):
    return any(plain(finding["evidence"]) in plain(each.get("text") or json.dumps(each.get("body"), ensure_ascii=False).replace('\\"', '"'))
               for each in sink.got())


def is_once(sink):
    """Each alert in one message only, however often that was sent: by its id whoever has it twice sees it."""
    seen = {}
    for each in sink.got():
        if each.get("path", "/alerts") != "/alerts":
            continue
        if "body" in each:
            alerts = each["body"].get("alerts") or [each["body"].get("alert")]
        else:
            alerts = re.split(r"\n\n", each["text"])[:-1]
        for alert in map(json.dumps, alerts):
            seen.setdefault(alert, set()).add(each["id"])
    return all(len(ids) == 1 for ids in seen.values())


def doctor(server):
    done = subprocess.run([program, "doctor", "--data", server.data], capture_output=True, text=True)
    return done.stdout


def all_of_it(office):
    office.start()
    yield from channels(office)
    yield from arrive(office)
    yield from away(office)


if __name__ == "__main__":
    trial.run(Office, all_of_it)
