# SPDX-License-Identifier: Apache-2.0
"""descriptor_test.py RINGFENCE - takes the last descriptors away from a running server, and looks whether those who are
connected are served meanwhile, whether it rests instead of asking for the next connection for ever, and whether it accepts
again afterwards. Prints one JSON object; exit 0 when all is so.
"""
import json
import os
import resource
import socket
import sys
import tempfile
import time

from sipphone import Phone
from server import Server


def processor_seconds(pid):
    with open("/proc/%d/stat" % pid) as stat:
        fields = stat.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def main():
    with tempfile.TemporaryDirectory() as folder:
        server = Server(sys.argv[1], folder)
        server.start()
        pid = server.process.pid
        server.run("extension", "add", "101")
        account = server.enrol("101")
        phone = lambda: Phone("127.0.0.1", server.port, server.ca, account["username"], account["password"],
                              account["domain"])
        before = phone()
        outcome = {"registered": before.register()}

        usual = resource.prlimit(pid, resource.RLIMIT_NOFILE)
        open_now = len(os.listdir("/proc/%d/fd" % pid))
        resource.prlimit(pid, resource.RLIMIT_NOFILE, (open_now + 3, usual[1]))
        crowd = [socket.create_connection(("127.0.0.1", server.port)) for _ in range(40)]
        time.sleep(0.5)
        start = processor_seconds(pid)
        time.sleep(2)
        outcome["processor"] = (processor_seconds(pid) - start) / 2
        outcome["served meanwhile"] = before.register()

        resource.prlimit(pid, resource.RLIMIT_NOFILE, usual)
        for stranger in crowd:
            stranger.close()
        time.sleep(0.5)
        after = phone()
        outcome["accepts again"] = after.register()
        before.close()
        after.close()
        server.stop()
    outcome["ok"] = outcome["processor"] < 0.25 and all(value is not False for value in outcome.values())
    print(json.dumps(outcome))
    return 0 if outcome["ok"] else 1


if __name__ == "__main__":
    sys.exit(main())
