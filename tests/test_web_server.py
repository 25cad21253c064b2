import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from fake_vault import FakeVault
from kotovec.errors import ConfigError, KotovecError
from kotovec.web.security import Guard
from kotovec.web.server import bind
from web_page import served

HERE = Path(__file__).parent


@pytest.fixture
def vault(tmp_path):
    (tmp_path / "Raven.md").write_text("# Raven\n")
    return FakeVault(tmp_path)


def get(address, path, **headers):
    with urllib.request.urlopen(urllib.request.Request(address + path, headers=headers), timeout=10) as answer:
        return json.load(answer)


def test_the_page_is_served_on_a_free_port(vault):
    with served(vault) as address:
        assert address.startswith("http://127.0.0.1:")
        assert get(address, "api/vault")["n_notes"] == 1


def test_ipv6_is_served_where_there_is_any(vault):
    if not socket.has_ipv6 or not Path("/proc/net/if_inet6").exists() or not Path("/proc/net/if_inet6").read_text():
        pytest.skip("this machine has no IPv6")
    with served(vault, host="::1") as address:
        assert address.startswith("http://[::1]:")
        assert get(address, "api/vault")["n_notes"] == 1


def test_the_address_carries_the_token(vault):
    with served(vault, host="0.0.0.0", token="long-word") as address:
        base, _, query = address.partition("?")
        assert (base.startswith("http://127.0.0.1:"), query) == (True, "token=long-word")
        assert get(base, "api/vault", Authorization="Bearer long-word")["n_notes"] == 1
        with pytest.raises(urllib.error.HTTPError, match="401"):
            get(base, "api/vault")


def test_a_port_in_use_is_said_with_what_to_try():
    with bind(Guard("127.0.0.1", 0)) as taken:
        port = taken.guard.port
        with pytest.raises(
            KotovecError, match=rf"port {port} on 127.0.0.1 is in use.*; try: --port {port + 1}, or --port 0"
        ):
            bind(Guard("127.0.0.1", port))


@pytest.mark.parametrize("port", [-1, 65536])
def test_a_number_that_is_no_port_is_refused(port):
    with pytest.raises(ConfigError, match=f"not a port: expected 0 to 65535, found {port}"):
        bind(Guard("127.0.0.1", port))


@pytest.mark.parametrize("host", ["192.0.2.1", "no such host"])
def test_an_address_of_another_machine_is_refused(host):
    with pytest.raises(ConfigError, match="cannot be served: .*expected an address of this machine"):
        bind(Guard(host, 0, "token"))


def test_a_request_that_never_ends_its_headers_is_cut_off(vault):
    with served(vault) as address:
        port = int(address.rstrip("/").rpartition(":")[2])
        with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
            connection.sendall(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX: " + b"a" * 80_000)
            answer = connection.recv(100)
        assert answer.startswith(b"HTTP/1.1 400") or not answer


def test_the_server_stops_at_once_though_a_page_is_listening(vault):
    with served(vault) as address:
        stream = urllib.request.urlopen(address + "api/events", timeout=10)
        assert stream.readline() == b"retry: 2000\n"
        start = time.monotonic()
    assert time.monotonic() - start < 1
    stream.close()


def test_the_server_stops_at_once_though_an_answer_takes_long(vault, monkeypatch):
    asked, done = threading.Event(), threading.Event()

    def slow():
        asked.set()
        done.wait(10)

    monkeypatch.setattr(vault, "map", slow)
    with served(vault) as address:
        waiting = threading.Thread(target=lambda: pytest.raises(OSError, get, address, "api/map"))
        waiting.start()
        assert asked.wait(10)
        start = time.monotonic()
    assert time.monotonic() - start < 1
    done.set()
    waiting.join(10)
    assert not waiting.is_alive()


def test_a_change_of_a_file_is_heard(vault):
    with served(vault) as address, urllib.request.urlopen(address + "api/events", timeout=10) as stream:
        assert b"hello" in stream.readline() + stream.readline()
        (vault.root / "Crow.md").write_text("# Crow\n")
        lines = iter(stream.readline, b"event: change\n")
        assert sum(1 for _ in lines) < 10
        assert json.loads(stream.readline().removeprefix(b"data: "))["added"] == 1
        assert get(address, "api/vault")["n_notes"] == 2


SERVE = """
import sys
sys.path.insert(0, sys.argv[1])
from pathlib import Path
from fake_vault import FakeVault
import kotovec.notes
kotovec.notes.open_vault = lambda root, **_: FakeVault(root)
from kotovec.cli.notes_serve import EXAMPLES, ServeOptions, serve
from kotovec.cli import app
app.add_command(app.app, serve, ServeOptions, EXAMPLES)
sys.exit(app.main(["serve", *sys.argv[2:]]))
"""


def start(*arguments):
    words = [sys.executable, "-c", SERVE, str(HERE), *map(str, arguments)]
    return subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


@pytest.mark.skipif(os.name == "nt", reason="Windows sends no SIGINT to one process")
def test_the_command_prints_the_address_and_ctrl_c_ends_it_within_a_second(tmp_path):
    (tmp_path / "Raven.md").write_text("# Raven\n")
    process = start(tmp_path, "--port", 0)
    try:
        address = process.stdout.readline().strip()
        assert get(address, "api/vault")["n_notes"] == 1
        stream = urllib.request.urlopen(address + "api/events", timeout=10)
        began = time.monotonic()
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=10)
    finally:
        process.kill()
    assert time.monotonic() - began < 1
    stream.close()
    assert (process.returncode, out) == (130, "")
    assert err.splitlines() == [
        f"kotovec: 1 note of {tmp_path.name}; Ctrl-C ends the page",
        "kotovec: interrupted",
    ]


def test_the_command_refuses_what_others_could_read():
    process = start("vault", "--host", "0.0.0.0")
    out, err = process.communicate(timeout=20)
    assert (process.returncode, out) == (2, "")
    assert "a token is needed; add --token" in err


def test_no_thread_stays_behind(vault):
    before = set(threading.enumerate())
    with served(vault) as address:
        get(address, "api/map")
    end = time.monotonic() + 5
    while time.monotonic() < end and set(threading.enumerate()) - before:
        time.sleep(0.01)
    assert set(threading.enumerate()) <= before
