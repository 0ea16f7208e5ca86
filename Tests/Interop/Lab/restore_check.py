# SPDX-License-Identifier: Apache-2.0
"""restore_check.py PROGRAM - the machine is gone, and the business comes back from last night's backup.

Two real phones call each other while a backup is made. The server is killed and its folder wiped. It is put back from the backup
with the printed recovery key, and the same phones, of which nothing was changed, call each other again.

Prints what was seen, as `trial` says.
"""
import os
import shutil
import subprocess
import sys
import threading

import trial
from server import Server

program = sys.argv[1]


class Site:
    """A server, and a folder beside it that stands for another machine."""

    def __init__(self, folder):
        self.server, self.folder = Server(program, folder), folder
        self.backups, self.key = os.path.join(folder, "elsewhere"), os.path.join(folder, "printed")
        os.mkdir(self.backups)

    def stop(self):
        self.server.stop()

    def call(self, accounts, name):
        """101 calls 102; both are baresips that must hear each other."""
        server = self.server
        phones = ["%s:%s:baresip" % (a["username"], a["password"]) for a in accounts]
        done = subprocess.run(
            [sys.executable, os.path.join(os.path.dirname(os.path.abspath(__file__)), "call_check.py"), "--server",
             "127.0.0.1:%d" % server.port, "--ca", server.ca, "--domain", server.domain, "--a", phones[0], "--b", phones[1],
             "--dial", "sip:102@" + server.domain, "--out", os.path.join(self.folder, name)],
            capture_output=True, text=True)
        if done.returncode:
            print(done.stdout, done.stderr, file=sys.stderr)
        return done.returncode == 0

    def restore(self, backup, key, folder):
        return subprocess.run([program, "backup", "restore", backup, "--key-file", key, "--data", folder],
                              capture_output=True, text=True)


def disaster(site):
    server = site.server
    server.start()
    server.run("extension", "add", "101", "102")
    accounts = [server.enrol(number) for number in ("101", "102")]
    key = server.ask("backup", "key")["key"]
    with open(site.key, "w") as file:
        file.write(key + "\n")
    outcome = []
    talk = threading.Thread(target=lambda: outcome.append(site.call(accounts, "before")))
    talk.start()
    made = server.ask("backup", "create", "--to", site.backups)
    talk.join()
    yield "phones call while a backup is made", outcome == [True]
    # One more, which has the record of that call.
    server.run("backup", "nightly", site.backups)
    before = {record["id"] for record in server.records()}
    backup = server.ask("backup", "show")["backups"][0]["path"]
    yield "each has a name of its own", backup != made["path"]
    yield "nothing in it can be read", all(
        secret.encode() not in open(backup, "rb").read() for secret in (key, accounts[0]["username"], "PRIVATE KEY", server.domain))
    server.kill()
    shutil.rmtree(server.data)
    other = os.path.join(site.folder, "other")
    with open(other, "w") as file:
        file.write("A" * 56)
    yield "a wrong key is refused", site.restore(backup, other, server.data).returncode == 1 and not os.path.exists(server.data)
    verified = subprocess.run([program, "backup", "verify", backup, "--key-file", site.key], capture_output=True, text=True)
    yield "the drill says that it is whole", verified.returncode == 0 and not os.path.exists(server.data)
    restored = site.restore(backup, site.key, server.data)
    print(restored.stdout, restored.stderr, file=sys.stderr)
    yield "it is put back", restored.returncode == 0
    yield "and not twice", site.restore(backup, site.key, server.data).returncode == 1
    server.start()
    yield "the same phones call each other", site.call(accounts, "after")
    records = {record["id"] for record in server.records()}
    yield "records are there", before and before < records
    yield "the journal is whole", not server.ask("journal", "verify").get("problem")
    yield "and says where this comes from", "backup.restore" in server.run("journal", "list")
    yield "backups go on", server.ask("backup", "create", "--to", site.backups)["size"] > 10_000


if __name__ == "__main__":
    trial.run(Site, disaster)
