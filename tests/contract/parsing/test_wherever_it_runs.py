"""In other kinds of processes, and after the end of the one that started it."""

import os
import signal

from contract.parsing.documents import HOG, eventually, exists

OPEN = """
import os, sys, time
from worker.parsing.process import ParserProcess
PAGE = {"content_type": "text/html", "url": "https://north.example/1"}
BODY = b"<html><body><article>" + b"<p>The ferry stayed in harbour until noon, said the port.</p>" * 9 + b"</article></body></html>"
parser = ParserProcess()
def read():
    return parser.read_page(BODY, **PAGE)
def exists(pid):
    return os.path.exists(f"/proc/{pid}")
"""


def said(process, *, timeout=60):
    output, _ = process.communicate(timeout=timeout)
    assert process.returncode == 0
    return output.split()


def test_it_dies_with_whoever_started_it(script):
    parent = script(OPEN + "read(); print(parser.pid, flush=True); time.sleep(600)")
    pid = int(parent.stdout.readline())
    assert exists(pid)
    parent.send_signal(signal.SIGKILL)
    assert eventually(lambda: not exists(pid))


def test_it_dies_with_whoever_started_it_in_the_midst_of_a_document(script, tmp_path):
    (tmp_path / "hog.html").write_bytes(HOG)
    parent = script(
        OPEN
        + """
import threading
read()
hog = open("hog.html", "rb").read()
threading.Thread(target=parser.read_page, args=(hog,), kwargs=PAGE, daemon=True).start()
time.sleep(0.3)
print(parser.pid, flush=True)
time.sleep(600)
"""
    )
    pid = int(parent.stdout.readline())
    parent.send_signal(signal.SIGKILL)
    assert eventually(lambda: not exists(pid), timeout=5)


def test_a_program_that_forgets_to_close_it_ends_and_leaves_nothing(script):
    (pid,) = said(script(OPEN + "read(); print(parser.pid)"))
    assert eventually(lambda: not exists(int(pid)))


def test_a_daemonic_process_may_use_it(script):
    code = """
import multiprocessing
def work(queue):
    queue.put((multiprocessing.current_process().daemon, len(read()), parser.pid))
if __name__ == "__main__":
    context = multiprocessing.get_context("fork")
    queue = context.Queue()
    process = context.Process(target=work, args=(queue,), daemon=True)
    process.start()
    print(*queue.get())
    process.join()
"""
    daemon, length, pid = said(script(OPEN + code))
    assert daemon == "True"
    assert int(length) > 0
    assert eventually(lambda: not exists(int(pid)))


def test_a_forked_process_gets_its_own_and_leaves_the_other_alone(script):
    code = """
import warnings
warnings.simplefilter("error", ResourceWarning)
text = read()
first = parser.pid
child = os.fork()
if child == 0:
    assert parser.pid is None
    assert read() == text
    assert parser.pid != first
    parser.close()
    os._exit(0)
_, status = os.waitpid(child, 0)
assert read() == text
print(status, parser.pid == first)
"""
    assert said(script(OPEN + code)) == ["0", "True"]


def test_a_process_forked_off_while_a_thread_holds_the_parser_is_not_held_up(script, tmp_path):
    (tmp_path / "hog.html").write_bytes(HOG)
    code = """
import threading
read()
first = parser.pid
hog = open("hog.html", "rb").read()
threading.Thread(target=parser.read_page, args=(hog,), kwargs=PAGE, daemon=True).start()
time.sleep(0.3)
child = os.fork()
if child == 0:
    os._exit(0 if read() and parser.pid != first else 1)
_, status = os.waitpid(child, 0)
print(status, exists(first), flush=True)
os._exit(0)
"""
    assert said(script(OPEN + code)) == ["0", "True"]


def test_it_knows_nothing_of_the_secrets_in_the_environment(script):
    code = OPEN + "read(); print(open(f'/proc/{parser.pid}/environ').read().replace(chr(0), chr(10)))"
    told = " ".join(said(script(code, env={"TOCSIN_SMTP_URL": "smtp://me:hush@mail.example", "HUSH": "hush"})))
    assert "PATH=" in told
    assert "hush" not in told.lower()


def test_folders_in_the_current_one_do_not_stand_for_our_packages(script, tmp_path):
    for name in ("config", "worker", "tasks"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").write_text("raise ImportError('a stranger')")
    assert int(said(script(OPEN + "print(len(read()))", cwd=tmp_path))[0]) > 0


def test_ctrl_c_at_the_terminal_does_not_reach_it(script):
    session, own = said(script(OPEN + "read(); print(os.getsid(parser.pid), os.getsid(0))"))
    assert session != own
    assert int(own) == os.getsid(0)


def test_where_no_process_can_be_started_the_document_is_not_read_and_the_next_one_is(script):
    code = """
import resource
from worker.errors import ParseError
allowed = resource.getrlimit(resource.RLIMIT_NOFILE)
resource.setrlimit(resource.RLIMIT_NOFILE, (4, allowed[1]))
try:
    read()
except ParseError as error:
    reason = error
resource.setrlimit(resource.RLIMIT_NOFILE, allowed)
assert read()
print(reason)
"""
    assert " ".join(said(script(OPEN + code))).startswith("no process could be started to read the document: Too many")
