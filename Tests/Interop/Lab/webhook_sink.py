# SPDX-License-Identifier: Apache-2.0
"""webhook_sink.py PORT CERTIFICATE KEY FILE SECRET - a program that is told by HTTPS: checks the signature of each POST as its receiver
should, and writes one line of JSON for each into FILE. /moved answers with a redirect. Ends when it is told to.
"""
import hashlib
import hmac
import http.server
import json
import ssl
import sys
import time

port, certificate, key, path, secret = sys.argv[1:]


class Handler(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        stamp = self.headers.get("Ringfence-Timestamp", "")
        good = hmac.new(secret.encode(), stamp.encode() + b"." + body, hashlib.sha256).hexdigest()
        signed = hmac.compare_digest("v1=" + good, self.headers.get("Ringfence-Signature", ""))
        fresh = stamp.isdigit() and abs(time.time() - int(stamp)) < 300
        said = {"at": time.time(), "id": self.headers.get("Ringfence-Delivery"), "path": self.path, "signed": signed and fresh,
                "body": json.loads(body)}
        with open(path, "a") as file:
            file.write(json.dumps(said) + "\n")
        if self.path == "/moved":
            self.send_response(302)
            self.send_header("Location", "https://localhost:%s/elsewhere" % port)
        else:
            self.send_response(204)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *arguments):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", int(port)), Handler)
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(certificate, key)
server.socket = context.wrap_socket(server.socket, server_side=True)
print("ready", flush=True)
server.serve_forever()
