# SPDX-License-Identifier: Apache-2.0
"""browser_check.py RINGFENCE LAB SIP.JS - a real browser registers over secure WebSockets, from a page whose site may, and
does not from one whose site may not. The certificate is verified. Prints one JSON object; exit 0 when both are so.

Drives Chromium with what LAB/webrtc-check.py has for it, because the page's own port has to be known to the server.
"""
import importlib.util
import json
import os
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from server import Server, free_port


def load(path):
    """A module whose file name is none that `import` takes."""
    sys.path.insert(0, os.path.dirname(path))
    specification = importlib.util.spec_from_file_location("webrtc_check", path)
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


def register(lab, server, account, sip_js, folder, named):
    """What became of a registration from a page of a site that was named to the server, or was not."""
    wav = os.path.join(folder, "tone.wav")
    lab.tone.make(wav, 700, 48000, 5)
    browser = lab.Browser(wav, server.ca, sipjs=sip_js)
    try:
        page = "http://localhost:%d" % browser.web.server_address[1]
        port = free_port()
        server.start("--sip-wss", "127.0.0.1:%d" % port, "--origin", page if named else "http://localhost:1")
        wish = {"wss": "wss://localhost:%d/" % port, "user": account["username"], "password": account["password"],
                "domain": account["domain"], "dial": None, "answer": False, "secs": 1, "dtmf": "", "wait": 1}
        outcome = browser.run("sip(%s)" % json.dumps(wish))
        return {"registered": bool(outcome.get("registered")), "error": outcome.get("error"),
                "console": browser.console()[-2:], "chromium": browser.version}
    finally:
        browser.close()
        if server.process is not None:
            server.stop()


def main():
    binary, laboratory, sip_js = sys.argv[1:4]
    lab = load(os.path.join(laboratory, "webrtc-check.py"))
    with tempfile.TemporaryDirectory() as folder:
        server = Server(binary, folder)
        server.start()
        server.run("extension", "add", "101")
        account = server.enrol("101")
        server.stop()
        allowed = register(lab, server, account, sip_js, folder, named=True)
        refused = register(lab, server, account, sip_js, folder, named=False)
    is_right = allowed["registered"] and not refused["registered"] and "403" in json.dumps(refused)
    print(json.dumps({"ok": is_right, "allowed": allowed, "refused": refused}))
    return 0 if is_right else 1


if __name__ == "__main__":
    sys.exit(main())
