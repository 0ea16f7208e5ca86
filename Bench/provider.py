# SPDX-License-Identifier: Apache-2.0
"""The other end of a trunk for the benchmarks: a provider over TLS that answers every call at once, without media."""
import asyncio, contextlib, pathlib, ssl

from callers import Phone
from peers import run

domain = "provider.bench"
# What a load of calls looks like to them: as far as each can be widened, which is further than the load goes.
patterns = {"business-minute": 500, "business-hour": 2000, "business-day": 16000, "all-hour": 6000, "short-row": 160, "one-block": 99,
            "test-calls": 15, "concurrency": 80}
rates = "prefix,destination,rate per minute,increments\n49,Germany,0.0001,1/1\n"


def certify(folder):
    """Makes an authority and a certificate that names the provider: ca.pem, server.pem and server.key."""
    curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
    openssl = lambda *arguments: run("openssl", *arguments, cwd=folder)
    openssl("req", "-x509", *curve, "-keyout", "ca.key", "-out", "ca.pem", "-days", "2", "-subj", "/CN=bench authority",
            "-addext", "basicConstraints=critical,CA:TRUE")
    openssl("req", "-new", *curve, "-keyout", "server.key", "-out", "server.csr", "-subj", "/CN=" + domain)
    (folder / "san").write_text(f"subjectAltName=DNS:{domain},URI:sip:{domain}\nextendedKeyUsage=serverAuth\n")
    openssl("x509", "-req", "-in", "server.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-out", "server.pem",
            "-days", "2", "-extfile", "san")


class Telephone(Phone):
    """What is said on one connection of a customer: every request is well, and every call is answered."""

    def __init__(self, reader, writer):
        self.number, self.answers = "gateway", {}
        self.reader, self.writer = reader, writer
        self.local = "%s:%d" % writer.get_extra_info("sockname")[:2]


class Provider:
    """Runs in a block of `async with`."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.folder.mkdir(exist_ok=True)
        certify(self.folder)
        self.connections = set()

    async def __aenter__(self):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.folder / "server.pem", self.folder / "server.key")
        self.server = await asyncio.start_server(self.serve, "127.0.0.1", 0, ssl=context)
        self.port = self.server.sockets[0].getsockname()[1]
        return self

    async def serve(self, reader, writer):
        self.connections.add(writer)
        with contextlib.suppress(asyncio.CancelledError):
            await Telephone(reader, writer).read()

    async def __aexit__(self, *_):
        self.server.close()
        for each in self.connections:
            each.close()


def connect(binary, data, provider):
    """Tells a phone system of it: a trunk, prices, and limits that a benchmark does not reach, of which each is judged all the same."""
    ask = lambda *words: run(binary, *words, "--data", data)
    (provider.folder / "rates.csv").write_text(rates)
    ask("country", "home", "DE")
    ask("rates", "import", provider.folder / "rates.csv", "--activate")
    ask("trunk", "add", "main", "--domain", domain, "--server", f"127.0.0.1:{provider.port}", "--no-register",
        "--authority", provider.folder / "ca.pem", "--calls", "1000")
    ask("number", "add", "+4930555101", "--to", "extension", "10000")
    ask("number", "caller", "+4930555101")
    ask("limit", "set", "extensions", "--simultaneous", "50", "--per-second", "50", "--per-minute", "1000")
    ask("limit", "set", "trunks", "--simultaneous", "1000", "--per-second", "500", "--per-minute", "20000")
    for rule, most in patterns.items():
        ask("pattern", "set", rule, "--warn", "10", "--block", str(most), "--minutes", "5")
