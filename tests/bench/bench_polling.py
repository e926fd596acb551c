"""The whole job side by side: lemon24/reader, a script by hand, and Tocsin poll a thousand feeds three times.

First poll: all items are new. Second: all 304. Third: every fifth feed has one new item. BENCH_FEEDS=200 makes it shorter.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

HERE = Path(__file__).parent
FEEDS = int(os.environ.get("BENCH_FEEDS", "1000"))
ITEMS = 30
TICKS = os.sysconf("SC_CLK_TCK")


class Program:
    """A process that answers lines."""

    def __init__(self, script: str, *args: object) -> None:
        command = [sys.executable, str(HERE / script), *map(str, args)]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.greeting = self._answer()

    def ask(self, line: str) -> tuple[str, float, float]:
        """What it answers, and the CPU and wall seconds that took, its children's included."""
        cpu, wall = self._cpu(), time.perf_counter()
        self.begin(line)
        answer = self._answer()
        return answer, self._cpu() - cpu, time.perf_counter() - wall

    def begin(self, line: str) -> None:
        self._process.stdin.write(f"{line}\n")
        self._process.stdin.flush()

    def end(self) -> str:
        return self._answer()

    def memory(self, kind: str = "VmHWM") -> float:
        """The most memory it held, in MB; `kind` VmRSS: what it holds now."""
        status = Path(f"/proc/{self._process.pid}/status").read_text()
        return int(status.partition(f"{kind}:")[2].split()[0]) / 1024

    def close(self) -> None:
        self._process.stdin.close()
        self._process.wait(30)
        self._process.stdout.close()

    def _answer(self) -> str:
        line = self._process.stdout.readline()
        assert line, f"{self._process.args} has ended"
        return line.strip()

    def _cpu(self) -> float:
        """Seconds of CPU of the process and all that came of it."""
        family, total = [self._process.pid], 0
        for stat in Path("/proc").glob("[0-9]*/stat"):
            try:
                fields = stat.read_text().rpartition(")")[2].split()
            except OSError:
                continue
            if int(stat.parent.name) == family[0]:
                total += sum(map(int, fields[11:15]))
            elif int(fields[1]) in family:
                family.append(int(stat.parent.name))
                total += int(fields[11]) + int(fields[12])
        return total / TICKS


@contextmanager
def started(script: str, *args: object) -> Iterator[Program]:
    program = Program(script, *args)
    try:
        yield program
    finally:
        program.close()


def test_polling(show, tmp_path):
    rates, rows = {}, []
    for name in ("reader", "by hand", "Tocsin"):
        folder = tmp_path / name.replace(" ", "-")
        folder.mkdir()
        with started("farm.py", FEEDS, ITEMS, 0) as farm:
            base = f"http://127.0.0.1:{farm.greeting}"
            with started("contestants.py", name, base, FEEDS, 0, FEEDS, folder) as program:
                spent = []
                for new in (FEEDS * ITEMS, 0, -(-FEEDS // 5)):
                    if len(spent) == 2:
                        farm.ask("advance")
                    answer, cpu, _ = program.ask("poll")
                    assert int(answer) == new, f"{name} found {answer} new items, not {new}"
                    spent.append(cpu)
                rates[name] = [FEEDS / cpu for cpu in spent]
                peak = program.memory()
        best = [ours / theirs for ours, theirs in zip(rates[name], rates["reader"], strict=True)]
        cells = (f"{rate:,.0f} ({ratio:.1f}x)" for rate, ratio in zip(rates[name], best, strict=True))
        rows.append((name, *cells, f"{peak:,.0f} MB"))
    columns = ("feeds/CPU s (times reader)", "first, all new", "second, all 304", "third, 1 new in 20 %", "peak")
    show(f"{FEEDS:,} feeds of {ITEMS} items, 49 KB each; Tocsin with 10,000 watch lists", columns, rows)


def test_a_process_per_core(show, tmp_path):
    cores, rows = os.cpu_count() or 1, []
    for processes in dict.fromkeys((1, cores)):
        with ExitStack() as stack:
            farm = stack.enter_context(started("farm.py", FEEDS, ITEMS, 0))
            base = f"http://127.0.0.1:{farm.greeting}"
            folder = tmp_path / str(processes)
            folder.mkdir()
            share = FEEDS // processes
            # One after the other, for the first makes the database.
            programs = [
                stack.enter_context(
                    started("contestants.py", "Tocsin", base, FEEDS, number * share, (number + 1) * share, folder)
                )
                for number in range(processes)
            ]
            began = time.perf_counter()
            for program in programs:
                program.begin("poll")
            found = sum(int(program.end()) for program in programs)
            rows.append((str(processes), f"{share * processes / (time.perf_counter() - began):,.0f}", f"{found:,}"))
    show("First poll on one SQLite database, by the clock", ("processes", "feeds/s", "new items"), rows)


def test_memory_over_many_polls(show, tmp_path):
    rows = []
    with started("farm.py", FEEDS, ITEMS, 0) as farm:
        base = f"http://127.0.0.1:{farm.greeting}"
        with started("contestants.py", "Tocsin", base, FEEDS, 0, FEEDS, tmp_path) as program:
            for rounds in range(1, 101):
                if rounds % 10 == 0:
                    farm.ask("advance")
                program.ask("poll")
                if rounds in {1, 10, 50, 100}:
                    rows.append((f"{rounds * FEEDS:,}", f"{program.memory('VmRSS'):,.0f} MB"))
    show("Memory of one process; every tenth round every fifth feed has a new item", ("polls", "holds"), rows)
