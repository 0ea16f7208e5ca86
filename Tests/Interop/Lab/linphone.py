# SPDX-License-Identifier: Apache-2.0
"""Debian's linphonec, driven by lines on its standard input; its registration is told by its log only.

It verifies certificates, but looks for addresses among their DNS names, so on the loopback the server is `localhost`.
"""
import os
import re
import threading
import time

from phone import Phone

CONFIG = """\
[sip]
{more}sip_port=0
sip_tcp_port=-1
sip_tls_port=-1
root_ca={ca}
verify_server_certs=1
verify_server_cn={verify_name}
media_encryption={protection}
media_encryption_mandatory={mandatory}
default_proxy=0
use_ipv6={ipv6}
ping_with_options=0
[net]
dns_srv_enabled=0
[rtp]
audio_rtp_port=-1
[auth_info_0]
username={user}
userid={user}
passwd={password}
realm={domain}
domain={domain}
[proxy_0]
reg_proxy=<sip:{name}:{port};transport=tls>
reg_route=<sip:{name}:{port};transport=tls;lr>
reg_identity=sip:{user}@{domain}
reg_sendregister=1
reg_expires=600
publish=0
"""
CODECS = ("opus 48000 2", "speex 32000 1", "speex 16000 1", "speex 8000 1", "PCMU 8000 1", "PCMA 8000 1", "GSM 8000 1",
          "G722 8000 1")
STATE = re.compile(r"moving from state \[\w+\] to \[LinphoneRegistration(Ok|Failed)\]")


class Linphone(Phone):
    kind = "linphone"

    def __init__(self, *arguments, sip=(), friends=(), **options):
        super().__init__(*arguments, **options)
        self.sip, self.friends = sip, friends

    def start(self):
        ipv6 = ":" in self.bind
        config = CONFIG.format(
            **vars(self), more="".join(line + "\n" for line in self.sip), ipv6=int(ipv6), verify_name=int(not ipv6),
            protection=("dtls" if self.dtls else "srtp") if self.srtp else "none", mandatory=int(self.srtp),
            name="localhost" if self.host == "127.0.0.1" else self.host)
        for index, codec in enumerate(CODECS):
            name, rate, channels = codec.split()
            config += "[audio_codec_%d]\nmime=%s\nrate=%s\nchannels=%s\nenabled=%d\n" % (
                index, name, rate, channels, name == "PCMU")
        for index, number in enumerate(self.friends):
            config += "[friend_%d]\nurl=sip:%s@%s\npol=accept\nsubscribe=1\n" % (index, number, self.domain)
        self.write("linphonerc", config)
        self.write("linphone.log", "")
        os.makedirs(self.out + "/.local/share/linphone", exist_ok=True)
        self.spawn("linphonec", "-c", self.out + "/linphonerc", "-S", "-d", "6", "-l", self.log_path())
        for command in ("soundcard use files", "play " + self.play, "record " + self.out + "/heard.wav",
                        "autoanswer " + ("enable" if self.answer else "disable")):
            self.send(command)
        threading.Thread(target=self.follow, daemon=True).start()

    def follow(self):
        """Reads its log for what it does not say aloud."""
        pending = ""
        with open(self.log_path(), errors="replace") as log:
            while self.process.poll() is None:
                *lines, pending = (pending + log.read()).split("\n")
                for found in filter(None, map(STATE.search, lines)):
                    self.emit("registered" if found[1] == "Ok" else "reg_failed")
                time.sleep(0.1)

    def line(self, line):
        line = line.replace("linphonec>", "").strip()
        if line.startswith("Receiving new incoming call"):
            self.emit("incoming")
        elif line.startswith("Media streams established"):
            self.emit("established")
        elif re.match(r"Call \d+ .*ringing", line):
            self.emit("ringing")
        elif re.match(r"Call \d+ .*(ended|error|declined)", line):
            self.emit("closed", why=line)
        elif found := re.match(r"Receiving tone (\S)", line):
            self.emit("dtmf", digit=found[1])
        elif found := re.search(r"Message received from (.*?): (.*)", line):
            self.emit("message", peer=found[1], text=found[2])

    def log_path(self):
        return self.out + "/linphone.log"

    def recordings(self):
        return [self.out + "/heard.wav"]

    def dial(self, to):
        self.send("call " + to)

    def hangup(self):
        self.send("terminate")

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

    def dtmf(self, digits):
        for digit in digits:
            self.send(digit)
            time.sleep(0.4)

    def quit(self):
        self.send("quit")
