# SPDX-License-Identifier: Apache-2.0
"""A real provider: Kamailio as registrar and proxy, with rtpengine between its customers and its own telephones.

It knows one customer, `account`, whose telephone numbers begin with +4930, and two telephones of its own: `second` takes the
numbers that begin with +4989, and `outside` every other one. Everything is TLS and SRTP. Its certificates come from an authority
of its own, or from that of another provider, of which it is one more server then. With `transport` "udp" or "tcp" it knows no
better towards its customer: SIP in the clear, RTP, and a digest of SHA-256; its own telephones stay encrypted.
"""
import contextlib
import os
import shutil
import signal
import socket
import subprocess

from phone import until
from server import free_port

DOMAIN = "provider.test"
PASSWORD = "Pa55-of-the-provider"
MEDIA_PORTS = 400

CONFIG = """\
#!KAMAILIO
debug=2
log_stderror=yes
fork=yes
children=2
tcp_children=2
auto_aliases=no
enable_tls=yes
tcp_connection_lifetime=3605
listen=udp:127.0.0.1:{udp}
listen=tcp:127.0.0.1:{udp}
listen=tls:127.0.0.1:{tls}
alias="{domain}"
loadmodule "kex.so"
loadmodule "tls.so"
loadmodule "tm.so"
loadmodule "sl.so"
loadmodule "rr.so"
loadmodule "pv.so"
loadmodule "textops.so"
loadmodule "siputils.so"
loadmodule "xlog.so"
loadmodule "auth.so"
loadmodule "usrloc.so"
loadmodule "registrar.so"
loadmodule "nathelper.so"
loadmodule "sdpops.so"
loadmodule "rtpengine.so"
modparam("rtpengine", "rtpengine_sock", "udp:127.0.0.1:{control}")
modparam("tls", "config", "{folder}/tls.cfg")
modparam("tls", "tls_force_run", 11)
modparam("rr", "enable_full_lr", 1)
modparam("usrloc", "db_mode", 0)
modparam("registrar", "received_avp", "$avp(RCV)")
modparam("nathelper", "received_avp", "$avp(RCV)")
modparam("auth", "algorithm", "{algorithm}")
modparam("auth", "qop", "auth")
request_route {{
  force_rport();
  if (is_method("CANCEL")) {{ if (t_check_trans()) t_relay(); exit; }}
  if (has_totag()) {{
    if (loose_route()) {{
      handle_ruri_alias();
      if (is_method("BYE")) rtpengine_delete();
      if (is_method("INVITE|UPDATE")) add_contact_alias();
      if (is_method("INVITE") && sdp_content()) {{ rtpengine_offer("replace-origin replace-session-connection"); t_on_reply("ANSWER"); }}
      t_relay();
      exit;
    }}
    if (is_method("ACK")) {{ if (t_check_trans()) t_relay(); exit; }}
    sl_send_reply("404", "Not here");
    exit;
  }}
  if (is_method("OPTIONS")) {{ sl_send_reply("200", "OK"); exit; }}
  if (is_method("REGISTER")) {{
    if ({asks}) {{
      if (!pv_www_authenticate("{domain}", "{password}", "0")) {{ www_challenge("{domain}", "1"); exit; }}
      consume_credentials();
    }}
    fix_nated_register();
    save("location");
    xlog("L_NOTICE", "REG user=$tU proto=$proto require=$hdr(Require) contact=$ct\\n");
    exit;
  }}
  if (!is_method("INVITE")) {{ sl_send_reply("405", "Not allowed"); exit; }}
  t_check_trans();
  $var(caller) = $fU;
  if ({asks}) {{
    if (!pv_proxy_authenticate("{domain}", "{password}", "0")) {{ proxy_challenge("{domain}", "1"); exit; }}
    $var(caller) = $au;
    consume_credentials();
  }}
  xlog("L_NOTICE", "CALL from=$fu asserted=$ai to=$ru by=$var(caller) proto=$proto privacy=$hdr(Privacy) diversion=$hdr(Diversion) history=$hdr(History-Info)\\n");
  record_route();
  add_contact_alias();
  $var(called) = $rU;
  if ($rU =~ "^\\+4930") $ru = "sip:account@{domain}";
  else if ($rU =~ "^\\+4989") $ru = "sip:second@{domain}";
  else $ru = "sip:outside@{domain}";
  if (!lookup("location")) {{ sl_send_reply("480", "Not registered"); exit; }}
  handle_ruri_alias();
  if ($var(caller) != "account") $rU = $var(called);
  if (sdp_content()) {{
    if ($var(called) =~ "^\\+4930" && "{audio}" == "RTP/AVP") {{
      rtpengine_offer("replace-origin replace-session-connection ICE=remove DTLS=off RTP/AVP");
    }} else {{
      rtpengine_offer("replace-origin replace-session-connection ICE=remove RTP/SAVP DTLS=off SDES-no-NULL_HMAC_SHA1_80 SDES-no-NULL_HMAC_SHA1_32 SDES-no-AEAD_AES_256_GCM SDES-no-AEAD_AES_128_GCM");
    }}
    t_on_reply("ANSWER");
  }}
  t_relay();
  exit;
}}
onreply_route[ANSWER] {{
  add_contact_alias();
  if ($rs =~ "^(18[03]|2[0-9][0-9])$" && sdp_content()) rtpengine_answer("replace-origin replace-session-connection");
}}
"""
TLS = """\
[server:default]
method = TLSv1.2+
certificate = {folder}/server.pem
private_key = {folder}/server.key
[client:default]
method = TLSv1.2+
verify_certificate = no
"""


class Provider:
    def __init__(self, folder, name="provider", like=None, transport="tls", ports=None):
        """ports: for SIP over UDP and TCP, for SIP over TLS, for rtpengine's commands, and the first one for audio."""
        self.transport, is_plain = transport, transport != "tls"
        self.folder, self.processes, self.signalling = os.path.join(folder, name), [], None
        os.makedirs(self.folder, exist_ok=True)
        self.udp, self.tls, self.control, self.media = ports or (free_port(), free_port(), free_port(), free_port(MEDIA_PORTS))
        self.ca = os.path.join(self.folder, "ca.pem")
        if like:
            for file in ("ca.pem", "server.pem", "server.key"):
                shutil.copy(os.path.join(like.folder, file), self.folder)
        elif not os.path.exists(os.path.join(self.folder, "server.pem")):
            self._certify()
        for name, text in (("kamailio.cfg", CONFIG), ("tls.cfg", TLS)):
            with open(os.path.join(self.folder, name), "w", encoding="utf-8") as file:
                file.write(text.format(udp=self.udp, tls=self.tls, control=self.control, folder=self.folder,
                                       domain=DOMAIN, password=PASSWORD,
                                       algorithm="SHA-256" if is_plain else "MD5",
                                       asks='$proto != "tls"' if is_plain else "1 == 1",
                                       audio="RTP/AVP" if is_plain else "RTP/SAVP"))

    @property
    def port(self):
        """Where its customer finds it."""
        return self.tls if self.transport == "tls" else self.udp

    @property
    def means(self):
        """What `trunk add` is told of how it is protected."""
        if self.transport == "tls":
            return ["--authority", self.ca]
        return ["--transport", self.transport, "--prefix", "127.0.0.1/32", "--media-prefix", "127.0.0.1/32", "--allow-plain",
                "--reason", "it has no TLS", "--until", "1d"]

    def _certify(self):
        def run(*arguments):
            subprocess.run(["openssl", *arguments], cwd=self.folder, check=True, capture_output=True)

        run("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", "ca.key", "-out", "ca.pem",
            "-days", "365", "-subj", "/CN=Authority of the provider", "-addext", "basicConstraints=critical,CA:TRUE")
        run("req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", "server.key", "-out", "server.csr",
            "-subj", "/CN=" + DOMAIN)
        with open(os.path.join(self.folder, "san"), "w", encoding="utf-8") as file:
            file.write("subjectAltName=DNS:%s,URI:sip:%s,IP:127.0.0.1\nextendedKeyUsage=serverAuth\n" % (DOMAIN, DOMAIN))
        run("x509", "-req", "-in", "server.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-out", "server.pem",
            "-days", "365", "-extfile", "san")

    def start(self):
        self._spawn("rtpengine", "--config-file=none", "--table=-1", "--interface=127.0.0.1",
                    "--listen-ng=127.0.0.1:%d" % self.control, "--port-min=%d" % self.media,
                    "--port-max=%d" % (self.media + MEDIA_PORTS - 1), "--num-threads=1", "--foreground", "--log-stderr", "--log-level=5")
        self.start_signalling()

    def start_signalling(self):
        self.signalling = self._spawn("kamailio", "-DD", "-E", "-m", "64", "-M", "8", "-Y", self.folder, "-f",
                    os.path.join(self.folder, "kamailio.cfg"))
        until(lambda: self._answers() or self.signalling.poll() is not None, 10)
        if not self._answers():
            raise RuntimeError("Kamailio did not start: " + self.log("kamailio")[-2000:])

    def _answers(self):
        with socket.socket() as one:
            return one.connect_ex(("127.0.0.1", self.tls)) == 0

    def _spawn(self, program, *arguments):
        log = open(os.path.join(self.folder, program + ".log"), "ab")
        program = shutil.which(program, path=os.environ["PATH"] + ":/usr/sbin") or program
        self.processes.append(subprocess.Popen([program, *arguments], stdout=log, stderr=log, cwd=self.folder))
        return self.processes[-1]

    def signal(self, number):
        """Sends a signal to every process of Kamailio: SIGSTOP makes it silent with its connections open."""
        parent = str(self.signalling.pid)
        with open("/proc/%s/task/%s/children" % (parent, parent), encoding="ascii") as children:
            for pid in [parent, *children.read().split()]:
                # Children end by themselves when their parent does.
                with contextlib.suppress(ProcessLookupError):
                    os.kill(int(pid), number)

    def kill_signalling(self):
        self.signal(signal.SIGKILL)
        self.signalling.wait(10)
        self.processes.remove(self.signalling)

    def log(self, program):
        with open(os.path.join(self.folder, program + ".log"), encoding="utf-8", errors="replace") as file:
            return file.read()

    def stop(self):
        for process in self.processes:
            process.terminate()
        if self.signalling in self.processes and self.signalling.poll() is None:
            self.signal(signal.SIGCONT)
        for process in self.processes:
            process.wait(10)
