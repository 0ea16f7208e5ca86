# SPDX-License-Identifier: Apache-2.0
"""A throw-away Ringfence that serves one business or many: what the benchmarks of many businesses share."""
import contextlib, os, pathlib, re, select, signal, subprocess, time

from peers import Control, fail, run, tools

load_tool = tools / "build/regload-named"


class Served:
    """A throw-away process that serves one business, or all in a folder."""

    def __init__(self, folder, binary, names, core, groups, phones, port):
        """`groups` of so many `phones` each, spread over the businesses; on the processor `core`, or on all."""
        self.binary, self.names, self.port, self.phones = binary, names, port, phones
        self.folder = folder
        for name in names:
            run(binary, "init", "--no-portal", "--data", folder / name, "--domain", f"{name}.bench", "--address", "127.0.0.1",
                "--sip-tls", f"127.0.0.1:{port}", "--rtp", f"127.0.0.1:{port + 2}-{port + 3}", "--site", "127.0.0.0/16")
        which = ["--data", folder / names[0]] if len(names) == 1 else ["--businesses", folder]
        self.log = open(folder.with_suffix(".log"), "w")
        started = time.perf_counter()
        self.process = subprocess.Popen(
            ["taskset", "-c", "0,1" if core is None else str(core), binary, "serve", *which],
            stdout=subprocess.PIPE, stderr=self.log, text=True)
        try:
            readable, _, _ = select.select([self.process.stdout], [], [], 300)
            ready = self.process.stdout.readline() if readable else ""
            if "ready" not in ready or "NOT SERVED" in ready:
                fail(f"the server did not start: {ready}\n{pathlib.Path(self.log.name).read_text()[-2000:]}")
            self.start_time = time.perf_counter() - started
            time.sleep(2)
            self.idle_memory = self.memory()
            # The name of the business and the accounts of each group.
            self.groups = []
            for name in names:
                accounts = folder.parent / f"{folder.name}.{name}.accounts"
                with Control(folder / name) as control:
                    control.enrol(accounts, phones * groups // len(names))
                lines = accounts.read_text().splitlines(keepends=True)
                for first in range(0, len(lines), phones):
                    part = accounts.with_suffix(f".{first}")
                    part.touch(0o600)
                    part.write_text("".join(lines[first:first + phones]))
                    self.groups.append((name, part))
        except BaseException:
            self.stop()
            raise

    def memory(self):
        """KiB that are its own: what several processes share is counted differently as they come and go."""
        return int(re.search(r"(?m)^Anonymous:\s+(\d+)", open(f"/proc/{self.process.pid}/smaps_rollup").read())[1])

    def threads(self):
        """CPU nanoseconds of each thread, by its number and name."""
        costs = {}
        for task in pathlib.Path(f"/proc/{self.process.pid}/task").iterdir():
            with contextlib.suppress(OSError):
                costs[task.name, (task / "comm").read_text().strip()] = int((task / "schedstat").read_text().split()[0])
        return costs

    def load(self, cores, name, phones, seconds, *more):
        """Starts the load tool against one business."""
        return subprocess.Popen(
            ["taskset", "-c", cores, load_tool, "-h", "127.0.0.1", "-p", str(self.port), "-t", "tls",
             "-n", str(phones), "-d", str(seconds), "-P", str(self.process.pid), "-R", f"{name}.bench", *more],
            stdout=subprocess.PIPE, text=True, env={**os.environ, "SERVER_NAME": f"{name}.bench"})

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(60)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.log.close()
