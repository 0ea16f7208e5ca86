# SPDX-License-Identifier: Apache-2.0
"""The phones of the laboratory with the features switched on that its drivers leave off, all with one set of verbs."""
import glob
import json
import os
import re
import sys
import time

LAB = os.environ["RINGFENCE_LAB"]
sys.path.insert(0, LAB)
import labphone  # noqa: E402
import tone  # noqa: E402


def until(condition, seconds):
    """Whether it comes true in time."""
    end = time.time() + seconds
    while time.time() < end:
        if condition():
            return True
        time.sleep(0.05)
    return bool(condition())


class Verbs:
    """What all of them can be asked about."""

    def count(self, event):
        return sum(each["ev"] == event for each in self.events)

    def hears(self, event, seconds, number=1):
        return until(lambda: self.count(event) >= number, seconds)

    def hears_tone(self, hertz):
        """Whether one of its recordings holds a second and a half of that tone."""
        files = [path for path in self.rx_files() if os.path.getsize(path) > 1000]
        return any(tone.check(path, hertz, [], 1.5)["ok"] for path in files)

    def messages(self):
        """Every SIP message that it sent and got, as its own log has them."""
        with open(self.log_path(), errors="replace") as log:
            return log.read().replace("\r", "")

    def requests(self, *methods):
        """The heads of the requests that it sent and got with one of these methods."""
        pattern = r"(?m)^(?:%s) sips?:\S+ SIP/2\.0\n(?:[^\n]+\n)*" % "|".join(methods)
        return re.findall(pattern, self.messages())

    def log_path(self):
        return os.path.join(self.out, "phone.log")

    def rewrite(self, name, old, new):
        with open(os.path.join(self.out, name)) as file:
            text = file.read()
        with open(os.path.join(self.out, name), "w") as file:
            file.write(text.replace(old, new, 1))


class Baresip(Verbs, labphone.Baresip):
    def __init__(self, *arguments, modules=(), account="", contacts=(), **options):
        super().__init__(*arguments, **options)
        self.modules, self.account, self.contacts = modules, account, contacts

    def spawn(self, argv, **options):
        """Completes the files that the driver wrote a moment ago, and traces every message (-s)."""
        with open(self.out + "/config", "a") as file:
            file.writelines("module_app %s.so\n" % module for module in self.modules)
        self.rewrite("accounts", "\n", self.account + "\n")
        with open(self.out + "/contacts", "w") as file:
            file.writelines('"%s" <sip:%s@%s>;presence=p2p\n' % (number, number, self.domain) for number in self.contacts)
        if ":" in self.bind:
            argv = ["-6" if each == "-4" else each for each in argv]
            self.rewrite("config", "sip_listen " + self.bind, "sip_listen [%s]" % self.bind)
        super().spawn(argv + ["-s"], **options)

    def hold(self):
        self.cmd("hold")

    def resume(self):
        self.cmd("resume")


class Linphone(Verbs, labphone.Linphone):
    def __init__(self, *arguments, sip=(), friends=(), **options):
        super().__init__(*arguments, **options)
        self.sip, self.friends = sip, friends

    def spawn(self, argv, **options):
        self.rewrite("linphonerc", "[sip]\n", "[sip]\n" + "".join(line + "\n" for line in self.sip))
        if ":" in self.bind:
            self.rewrite("linphonerc", "use_ipv6=0", "use_ipv6=1")
            # It looks for addresses among the DNS names of a certificate only.
            self.rewrite("linphonerc", "verify_server_cn=1", "verify_server_cn=0")
        with open(self.out + "/linphonerc", "a") as file:
            file.writelines("[friend_%d]\nurl=sip:%s@%s\npol=accept\nsubscribe=1\n" % (index, number, self.domain)
                            for index, number in enumerate(self.friends))
        super().spawn(argv, **options)

    def log_path(self):
        return os.path.join(self.out, "lin.log")

    def line(self, line):
        super().line(line)
        found = re.search(r"Message received from (.*?): (.*)", line)
        if found:
            self.emit("message", peer=found[1], text=found[2])

    def hold(self):
        self.send("pause")

    def resume(self):
        self.send("resume")

    def transfer(self, to):
        self.send("transfer " + to)

    def attend(self):
        self.send("transfer 1 --to-call 2")

    def message(self, to, text):
        self.send('chat %s "%s"' % (to, text))


class Pjsua(Verbs, labphone.VenvPhone):
    kind = "pjsua"
    script = os.path.join(os.path.dirname(os.path.abspath(__file__)), "pjsua_phone.py")

    def __init__(self, *arguments, features=None, **options):
        super().__init__(*arguments, **options)
        self.features = features or {}

    def spawn(self, argv, **options):
        """The driver's configuration comes last; the laboratory's folder before an absolute path is no hindrance."""
        conf = {**json.loads(argv[-1]), **self.features}
        super().spawn(argv[:-1] + [json.dumps(conf)], **options)

    def log_path(self):
        return os.path.join(self.out, "pjsip.log")

    def rx_files(self):
        return glob.glob(self.out + "/rec-*.wav")

    def ask(self, command, **parameters):
        self.send(json.dumps({"cmd": command, **parameters}))

    def hold(self):
        self.ask("hold")

    def resume(self):
        self.ask("resume")

    def update(self):
        self.ask("update")

    def transfer(self, to):
        self.ask("transfer", to=to)

    def attend(self):
        self.ask("attend")

    def message(self, to, text):
        self.ask("message", to=to, text=text)

    def watch(self, to):
        self.ask("watch", to=to)


KINDS = {"baresip": Baresip, "linphone": Linphone, "pjsua": Pjsua}
