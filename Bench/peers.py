# SPDX-License-Identifier: Apache-2.0
"""The servers that the benchmarks compare: Kamailio by the shared folder's own script, and a throw-away Ringfence.

Both run at once, pinned to CPU 1; load comes from CPU 0. Tools are copied from `../shared/bench` ($RINGFENCE_SHARED) to
`.build/bench-tools`, because the shared folder is read-only.
"""
import argparse, contextlib, json, os, pathlib, re, select, shutil, signal, socket, statistics, subprocess, sys, tempfile

root = pathlib.Path(__file__).resolve().parent.parent
shared = pathlib.Path(os.environ.get("RINGFENCE_SHARED", root.parent / "shared"))
tools = root / ".build/bench-tools"
release = root / ".build/release/ringfence"


def free_ports(count):
    """The first of `count` ports in a row, from an even one, that nobody uses on 127.0.0.1, for TCP and UDP."""
    for first in range(24_000, 32_000, 10):
        sockets = [socket.socket(socket.AF_INET, kind) for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM) * count]
        try:
            for index, each in enumerate(sockets):
                each.bind(("127.0.0.1", first + index // 2))
            return first
        except OSError:
            continue
        finally:
            for each in sockets:
                each.close()
    fail("no free ports on 127.0.0.1")


def fail(what):
    sys.exit(f"{pathlib.Path(sys.argv[0]).name}: {what}")


def run(*command, **options):
    done = subprocess.run(command, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, **options)
    if done.returncode:
        fail(f"{' '.join(map(str, command))} failed:\n{done.stdout}")
    return done.stdout


def install(*packages):
    """Installs what is missing, saying which, as the Makefile does."""
    missing = [name for name in packages
               if subprocess.run(["dpkg", "-s", name], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode]
    if missing:
        print(f"installing {' '.join(missing)}", file=sys.stderr)
        run("apt-get", "install", "-y", "--no-install-recommends", *missing,
            env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"})


def build_tools(ports):
    """Copies the load tools, because the shared folder is read-only, and builds the one needed here."""
    source = shared / "bench"
    if not source.is_dir():
        fail(f"no load tools: {source} is not there (RINGFENCE_SHARED names the shared folder)")
    shutil.copytree(source, tools, dirs_exist_ok=True, ignore=shutil.ignore_patterns("build"))
    configuration = tools / "cfg/kamailio.cfg"
    text = (source / "cfg/kamailio.cfg").read_text()
    text = text.replace("127.0.0.1:5060", f"127.0.0.1:{ports}").replace("127.0.0.1:5061", f"127.0.0.1:{ports + 1}")
    configuration.write_text(text)
    # A handshake that ends in its first call, because the server was quick, was never counted, and the tool waited for ever.
    load = tools / "src/regload.c"
    text = (source / "src/regload.c").read_text()
    text = text.replace("int r=SSL_do_handshake(u->ssl); (void)r; infl++;",
                        "if(SSL_do_handshake(u->ssl)==1){u->hs=1;nd++;} else infl++;")
    # Branches are counted from one in each run, and a run from the port of an earlier one was answered as its repeat for 32 seconds.
    text = text.replace("branch=z9hG4bK-%d-%u\\r", "branch=z9hG4bK-%d-%u-%d\\r").replace(
        "realm,tr,lip,lport,i,u->seq,", "realm,tr,lip,lport,i,u->seq,getpid(),")
    load.write_text(text)
    run("make", "-s", "-C", tools, "build/regload")


class Kamailio:
    """The peer, by the shared folder's own script: in memory, fast allocator, one worker per transport."""
    name, accounts = "kamailio", []

    def __init__(self, folder, ports):
        self.environment = {**os.environ, "BENCH_RUN": str(folder / "kamailio")}
        self.ports = {"udp": ports, "tcp": ports, "tls": ports + 1}
        self.pids = self.control("start", "1", "1").split()[-1]

    def control(self, *words):
        # To a file: the daemon would hold a pipe open for ever.
        with tempfile.TemporaryFile("w+") as output:
            code = subprocess.call(["bash", tools / "kamailio_ctl.sh", *words], env=self.environment,
                                   stdout=output, stderr=subprocess.STDOUT)
            output.seek(0)
            text = output.read()
        if code:
            fail(f"kamailio did not {words[0]}:\n{text}")
        return text

    def stop(self):
        self.control("stop")


class Control:
    """The control socket of a running phone system, as Sources/Server/Control/ControlProtocol.swift describes."""

    def __init__(self, data):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(120)
        self.socket.connect(str(data / "control.sock"))
        self.answers = self.socket.makefile("r")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def enrol(self, accounts, phones):
        """Adds extensions with one phone each, in pieces of 500, and writes their accounts to a file."""
        numbers = [str(10_000 + index) for index in range(phones)]
        with open(accounts, "w") as file:
            accounts.chmod(0o600)
            for first in range(0, phones, 500):
                piece = numbers[first:first + 500]
                self.ask("extension.add", extensions=[{"number": n} for n in piece])
                enrolled = self.ask("phone.enrol", phones=[{"extension": n} for n in piece])
                for number, phone in zip(piece, enrolled, strict=True):
                    secret = phone["enrolment"]
                    file.write(f"{number} {secret['username']} {secret['password']}\n")

    def ask(self, command, **fields):
        self.socket.sendall(json.dumps({"id": 1, "command": command, "with": fields}).encode() + b"\n")
        response = json.loads(self.answers.readline() or "{}")
        if "answer" not in response:
            fail(f"ringfence refused the set-up: {response}")
        return response["answer"]


class Ringfence:
    """A throw-away phone system with one enrolled phone per extension, set up over its control socket."""

    def __init__(self, folder, binary, phones, port, name="ringfence"):
        self.name, folder = name, folder / name
        folder.mkdir()
        self.data = folder / "data"
        run(binary, "init", "--no-portal", "--data", self.data, "--domain", "bench.local", "--address", "127.0.0.1",
            "--sip-tls", f"127.0.0.1:{port}", "--rtp", f"127.0.0.1:{port + 2}-{port + 3}", "--site", "127.0.0.0/16")
        self.log = open(folder / "ringfence.log", "w")
        self.process = subprocess.Popen(
            ["taskset", "-c", "1", binary, "serve", "--data", self.data],
            stdout=subprocess.PIPE, stderr=self.log, text=True)
        self.ports, self.pids = {"tls": port, "udp": port + 4, "tcp": port + 4}, str(self.process.pid)
        try:
            self.await_ready(folder)
            with Control(self.data) as control:
                control.enrol(folder / "accounts", phones)
            self.accounts = ["-F", str(folder / "accounts")]
            for clear in ["udp", "tcp"]:
                run(binary, "listener", "except", clear, f"127.0.0.1:{port + 4}", "--days", "1",
                    "--reason", "to measure what it costs", "--data", self.data)
        except BaseException:
            self.stop()
            raise

    def await_ready(self, folder):
        readable, _, _ = select.select([self.process.stdout], [], [], 30)
        if not readable or "ready" not in self.process.stdout.readline():
            fail(f"ringfence did not start:\n{(folder / 'ringfence.log').read_text()[-2000:]}")

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.log.close()


def cpu(server):
    """Nanoseconds of all threads of a server since it began."""
    return int(run("python3", tools / "cpuns.py", server.pids))


def memory(server):
    """KiB of all processes of a server, what they share counted once."""
    return sum(int(re.search(r"(?m)^Pss:\s+(\d+)", open(f"/proc/{pid}/smaps_rollup").read())[1])
               for pid in server.pids.split(","))


def arguments(description, **extra):
    """The options that every benchmark against Kamailio has; `extra` are more of them, by name with their default."""
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", type=pathlib.Path, default=release)
    parser.add_argument("--before", type=pathlib.Path, help="an older build, to be measured in the same run")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only", choices=["kamailio", "ringfence"], help="leave the other out, to profile one")
    for name, default in extra.items():
        parser.add_argument(f"--{name}", type=type(default), default=default)
    return parser.parse_args()


@contextlib.contextmanager
def running(options, phones):
    """The servers that are asked for, as long as the block runs."""
    install("gcc", "make", "libssl-dev", "openssl", "kamailio", "kamailio-tls-modules")
    ports = free_ports(16)
    build_tools(ports)
    if options.only != "kamailio" and not options.binary.exists():
        fail(f"no {options.binary}: swift build -c release --product ringfence")
    servers, folder = [], pathlib.Path(tempfile.mkdtemp(prefix="ringfence-bench-"))
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    try:
        if options.only != "ringfence":
            servers.append(Kamailio(folder, ports))
        if options.only != "kamailio":
            servers.append(Ringfence(folder, options.binary, phones, ports + 2))
        if options.before:
            servers.append(Ringfence(folder, options.before, phones, ports + 8, "before"))
        yield servers
    finally:
        for server in servers:
            server.stop()
        shutil.rmtree(folder, ignore_errors=True)


def ratio_of_rounds(ours, theirs):
    """The machine's mood drifts from round to round, and within one it is the same for both: so each gives a ratio."""
    return statistics.median(a / b for a, b in zip(ours, theirs, strict=True))


def compare(work, costs, target):
    """Prints the medians of each server's costs, and what counts: the median of the rounds' ratios."""
    medians = {name: statistics.median(values) for name, values in costs.items()}
    print(f"{work}: " + ", ".join(f"{name} {median:.1f} µs" for name, median in medians.items()))
    if "before" in medians:
        print(f"{work}: ringfence / before = {ratio_of_rounds(costs['ringfence'], costs['before']):.2f}", flush=True)
    if {"ringfence", "kamailio"} <= medians.keys():
        ratio = ratio_of_rounds(costs["ringfence"], costs["kamailio"])
        verdict = "reached" if ratio <= target else "missed"
        print(f"{work}: ringfence / kamailio = {ratio:.2f} (target ≤ {target}: {verdict})", flush=True)
