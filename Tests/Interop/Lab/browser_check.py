# SPDX-License-Identifier: Apache-2.0
"""browser_check.py RINGFENCE SIP.JS - a real browser registers over secure WebSockets, from a page whose site may, and does
not from one whose site may not. The certificate is verified. Prints one JSON object; exit 0 when both are so.
"""
import json
import sys
import tempfile

from browser import Browser
from server import Server, free_port


def register(server, account, sip_js, named):
    """What became of a registration from a page of a site that was named to the server, or was not."""
    browser = Browser(server.ca, sip_js)
    port = free_port()
    server.run("listener", "add", "wss", "127.0.0.1:%d" % port)
    if named:
        server.run("origin", "add", browser.origin)
    server.start()
    try:
        wish = {"wss": "wss://localhost:%d/" % port, "user": account["username"], "password": account["password"],
                "domain": account["domain"]}
        outcome = browser.run("register(%s)" % json.dumps(wish))
        return {**outcome, "console": browser.console()[-2:], "chromium": browser.version}
    finally:
        browser.close()
        server.stop()


def main():
    binary, sip_js = sys.argv[1:3]
    with tempfile.TemporaryDirectory() as folder:
        server = Server(binary, folder)
        server.start()
        server.run("extension", "add", "101")
        account = server.enrol("101")
        server.stop()
        allowed = register(server, account, sip_js, named=True)
        refused = register(server, account, sip_js, named=False)
    is_right = allowed["registered"] and not refused["registered"] and "403" in json.dumps(refused)
    print(json.dumps({"ok": is_right, "allowed": allowed, "refused": refused}))
    return 0 if is_right else 1


if __name__ == "__main__":
    sys.exit(main())
