"""How much ``winnow serve`` bears on loopback: ``python benchmarks/serve.py [--clients 64] [--seconds 10]``.

Clients hold one connection each and ask again as soon as they are answered; server and clients share the machine. The
pages are those of ``data/pages`` and ``data/written.jsonl``, in turn. Seconds of processor that server and workers took
for a request hardly depend on what else the machine does; the rest does.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import re
import signal
import subprocess
import sys
import time
from itertools import cycle, islice
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[1]


class Load(NamedTuple):
    """What is asked: a name to print, the address, the kind of body, and the bodies in turn."""

    name: str
    path: str
    media: str
    bodies: list[bytes]


class Counted(NamedTuple):
    """What came of it: seconds of each answer, errors, seconds in all, bytes sent, processor seconds of the server."""

    waits: list[float]
    errors: int
    seconds: float
    size: int
    busy: float


def loads() -> list[Load]:
    texts = [path.read_text("utf-8") for path in sorted((ROOT / "data" / "pages").glob("*.txt"))]
    lines = (ROOT / "data" / "written.jsonl").read_text("utf-8").splitlines()
    texts += [json.loads(line)["text"] for line in lines[:200]]
    pages = [text.encode() for text in texts]
    records = [{"text": text} for text in texts]
    lists = [json.dumps(list(islice(cycle(records[i:]), 20))).encode() for i in range(0, 200, 20)]
    return [
        Load("classify, a page", "/classify", "text/plain", pages),
        Load("filter, a page", "/filter?keep=reporting", "text/plain", pages),
        Load("classify, a list of 20 pages", "/classify", "application/json", lists),
    ]


async def client(port: int, load: Load, first: int, until: float, counted: list[tuple[float, bool, int]]) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for body in islice(cycle(load.bodies), first, None):
        begin = time.perf_counter()
        if begin > until:
            break
        head = (
            f"POST {load.path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: {load.media}\r\nContent-Length: {len(body)}"
        )
        writer.write(head.encode() + b"\r\n\r\n" + body)
        answer = await reader.readuntil(b"\r\n\r\n")
        length = re.search(rb"content-length: (\d+)", answer)
        await reader.readexactly(int(length[1]) if length else 0)
        counted.append((time.perf_counter() - begin, b" 200 " in answer[:15], len(body)))
    writer.close()


def busy(server: int) -> float:
    """Processor seconds that a server and its workers have taken so far."""
    tasks = Path(f"/proc/{server}/task").iterdir()
    family = [server, *(int(child) for task in tasks for child in (task / "children").read_text().split())]
    ticks = [Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:13] for pid in family]
    return sum(int(tick) for pair in ticks for tick in pair) / os.sysconf("SC_CLK_TCK")


async def bear(server: int, port: int, load: Load, clients: int, seconds: float) -> Counted:
    counted: list[tuple[float, bool, int]] = []
    begin, busy_before = time.perf_counter(), busy(server)
    running = [client(port, load, i, begin + seconds, counted) for i in range(clients)]
    ended = await asyncio.gather(*running, return_exceptions=True)
    waits = sorted(wait for wait, fine, _ in counted if fine)
    errors = sum(not fine for _, fine, _ in counted) + sum(isinstance(end, BaseException) for end in ended)
    sent = sum(size for _, _, size in counted)
    return Counted(waits, errors, time.perf_counter() - begin, sent, busy(server) - busy_before)


def row(load: Load, clients: int, found: Counted) -> str:
    p50, p99 = (found.waits[int(share * (len(found.waits) - 1))] * 1000 for share in (0.5, 0.99))
    rate = len(found.waits) / found.seconds
    return (
        f"| {load.name} | {clients} | {rate:,.0f} | {found.size / found.seconds / 1e6:.2f} | {p50:,.0f} | {p99:,.0f} "
        f"| {found.busy / len(found.waits) * 1000:.1f} | {found.errors} |"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clients", type=int, default=64)
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--jobs", type=int, default=2)
    options = parser.parse_args()
    command = [sys.executable, "-m", "classifier", "serve", "--port", "0", "--jobs", str(options.jobs)]
    server = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True)
    assert server.stderr is not None
    found = re.search(r"listens on http://[\d.]+:(\d+)/", server.stderr.readline())
    assert found is not None
    port = int(found[1])
    try:
        print("| what | clients | requests/s | MB/s in | p50 ms | p99 ms | processor ms | errors |")
        print("|---|---|---|---|---|---|---|---|")
        for load in loads():
            for clients in (1, options.clients):
                print(
                    row(load, clients, asyncio.run(bear(server.pid, port, load, clients, options.seconds))), flush=True
                )
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait()


if __name__ == "__main__":
    main()
