# SPDX-License-Identifier: Apache-2.0
"""mail_sink.py PORT CERTIFICATE KEY FILE USER PASSWORD - a mail server of the office (aiosmtpd, Debian's python3-aiosmtpd): takes mail
over STARTTLS and after a login only, and writes one line of JSON for each into FILE. Ends when it is told to.
"""
import email
import email.policy
import json
import signal
import ssl
import sys
import time

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

port, certificate, key, path, user, password = sys.argv[1:]


class Handler:
    async def handle_DATA(self, server, session, envelope):
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        said = {"at": time.time(), "id": str(message["message-id"]), "subject": str(message["subject"]),
                "from": envelope.mail_from, "to": envelope.rcpt_tos, "tls": session.ssl is not None,
                "login": bool(session.authenticated), "headers": sorted(name.lower() for name in message.keys()),
                "text": message.get_body(("plain",)).get_content(), "html": message.get_body(("html",)).get_content()}
        with open(path, "a") as file:
            file.write(json.dumps(said) + "\n")
        return "250 OK"


def login(server, session, envelope, mechanism, data):
    is_right = (data.login, data.password) == (user.encode(), password.encode())
    # Who has not handled it has the refusal sent.
    return AuthResult(success=is_right, handled=is_right)


context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(certificate, key)
controller = Controller(Handler(), hostname="127.0.0.1", port=int(port), tls_context=context, require_starttls=True,
                        authenticator=login, auth_required=True, auth_require_tls=True)
controller.start()
print("ready", flush=True)
signal.sigwait({signal.SIGTERM, signal.SIGINT})
controller.stop()
