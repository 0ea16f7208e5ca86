#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""wallboard.py URL CA TOKEN-FILE - who talks, on a screen on the wall, once a second.

    ringfence token issue wallboard --role auditor --only call.list --only registration.list
    Examples/wallboard.py https://office.example:8443 /srv/ringfence/tls/ca.pem token
"""
import json
import ssl
import sys
import time
import urllib.request

base, ca, file = sys.argv[1:]
token, trusted = open(file).readline().strip(), ssl.create_default_context(cafile=ca)


def ask(command):
    request = urllib.request.Request(base + "/api/v1/" + command, headers={"Authorization": "Bearer " + token})
    return json.load(urllib.request.urlopen(request, timeout=5, context=trusted))


while True:
    calls, phones = ask("call.list"), ask("registration.list")
    print("\033[2J\033[H%d calls, %d phones\n" % (len(calls), len(phones)))
    for call in calls:
        state = "talks to" if call.get("answeredAt") else "rings at"
        seconds = time.time() - call["startedAt"]["milliseconds"] / 1000
        print("%-12s %s %-16s %d s" % (call["caller"], state, call["callee"], seconds))
    sys.stdout.flush()
    time.sleep(1)
