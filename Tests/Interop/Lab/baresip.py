# SPDX-License-Identifier: Apache-2.0
"""Debian's baresip, driven over its control connection (netstrings of JSON). It never verifies a certificate."""
import glob
import json
import os
import re
import socket
import threading
import time

from phone import Phone, until

# `net_interface` takes an address, though not the name of the loopback. The recorder is sndfile, the ear a bridge to nowhere.
CONFIG = """\
poll_method epoll
sip_listen {listen}:0
net_interface {bind}
sip_cafile {ca}
call_local_timeout 30
audio_source aufile,{play}
audio_player aubridge,sink
audio_alert aubridge,alert
audio_txmode thread
ausrc_srate 8000
auplay_srate 8000
ausrc_channels 1
auplay_channels 1
module_path /usr/lib/baresip/modules
module g711.so
module sndfile.so
module aubridge.so
module aufile.so
module srtp.so
module_tmp uuid.so
module_tmp account.so
module_app menu.so
module_app ctrl_tcp.so
ctrl_tcp_listen 127.0.0.1:{control}
snd_path {out}/heard
statmode_default off
"""
ACCOUNT = (
    '<sip:{user}@{domain};transport=tls>;auth_user={user};auth_pass={password};outbound="sip:{host}:{port};transport=tls"'
    ';regint=600;answermode={mode};audio_codecs=PCMU{protection}{more}\n')
EVENTS = {
    "REGISTER_OK": "registered", "REGISTER_FAIL": "reg_failed", "CALL_INCOMING": "incoming", "CALL_RINGING": "ringing",
    "CALL_ESTABLISHED": "established", "CALL_CLOSED": "closed",
}


class Baresip(Phone):
    kind = "baresip"

    def __init__(self, *arguments, modules=(), account="", contacts=(), **options):
        super().__init__(*arguments, **options)
        self.modules, self.account, self.contacts = modules, account, contacts
        self.control, self.challenges = None, 0

    def start(self):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            control = free.getsockname()[1]
        is_ipv6 = ":" in self.bind
        listen = "[%s]" % self.bind if is_ipv6 else self.bind
        config = CONFIG.format(**{**vars(self), "listen": listen, "control": control})
        extra = ["module dtls_srtp.so\n"] if self.dtls else []
        extra += ["module_app %s.so\n" % module for module in self.modules]
        self.write("config", config + "".join(extra))
        self.write("accounts", ACCOUNT.format(
            **vars(self), mode="auto" if self.answer else "manual", protection=self.protection(),
            more=self.account))
        self.write("contacts", "".join(
            '"%s" <sip:%s@%s>;presence=p2p\n' % (number, number, self.domain) for number in self.contacts))
        os.makedirs(self.out + "/heard", exist_ok=True)
        self.spawn("baresip", "-6" if is_ipv6 else "-4", "-s", "-f", self.out)
        until(lambda: self.connect(control) or self.process.poll() is not None, 5)

    def protection(self):
        if self.dtls:
            return ";mediaenc=dtls_srtp"
        return ";mediaenc=srtp-mand" if self.srtp else ""

    def connect(self, control):
        try:
            self.control = socket.create_connection(("127.0.0.1", control), 1)
        except OSError:
            return False
        self.control.settimeout(None)
        threading.Thread(target=self.listen, daemon=True).start()
        return True

    def listen(self):
        pending = b""
        try:
            while received := self.control.recv(65536):
                pending += received
                while (found := re.match(rb"(\d+):", pending)) and len(pending) > found.end() + int(found[1]):
                    end = found.end() + int(found[1])
                    self.take(json.loads(pending[found.end():end]))
                    pending = pending[end + 1:]
        except OSError:
            pass

    def take(self, told):
        kind, parameter = told.get("type"), told.get("param")
        if kind in EVENTS:
            self.emit(EVENTS[kind], why=parameter, peer=told.get("peeruri"))
        elif kind == "CALL_DTMF_START":
            self.emit("dtmf", digit=parameter)

    def line(self, line):
        """Its log tells what it tells nobody else: that it registered before its control connection stood, and that it did not.

        With a wrong password it asks again for ever.
        """
        if "200" in line and "binding" in line and not self.has("registered"):
            self.emit("registered")
        self.challenges += line.startswith("SIP/2.0 401")
        if self.challenges == 4 and not self.has("registered") and not self.has("reg_failed"):
            self.emit("reg_failed")

    def ask(self, command, parameters=""):
        text = json.dumps({"command": command, "params": parameters}).encode()
        try:
            self.control.sendall(b"%d:%s," % (len(text), text))
        except (OSError, AttributeError):
            pass  # It is gone, which its events say.

    def recordings(self):
        return glob.glob(self.out + "/heard/*-dec.wav")

    def dial(self, to):
        self.ask("dial", to)

    def accept(self):
        self.ask("accept")

    def hangup(self):
        self.ask("hangup")

    def hold(self):
        self.ask("hold")

    def resume(self):
        self.ask("resume")

    def transfer(self, to):
        self.ask("transfer", to)

    def dtmf(self, digits):
        for digit in digits:
            self.ask("sndcode", digit)
            time.sleep(0.25)

    def quit(self):
        self.ask("quit")
