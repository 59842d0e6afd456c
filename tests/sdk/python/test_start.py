"""How a process starts and stops: one owner of an embedded database, first starts that lose nothing, files that are private."""

import concurrent.futures
import configparser
import os
import re
import signal
import socket
import ssl
import subprocess
import time

import pytest
from conftest import database_flags
from support import BINARY, Server

PAIRS = 50
PRIVATE = 0o600


def launch(data, *flags, command="serve", umask=-1):
    """A process that nobody waits for yet."""
    arguments = [str(BINARY), command, "--port", "0", "--data", str(data), *flags]
    environment = {**os.environ, "PASSWRIGHT_LOG": "error"}
    return subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment, umask=umask, text=True)


def listening(process):
    """The address, once it serves; None where it ended instead."""
    for line in process.stdout:
        if found := re.match(r"listening on (http://\S+)", line):
            return found[1]
    process.wait(60)
    return None


def stop(process):
    process.kill()
    process.communicate()


def root_of(data):
    found = configparser.ConfigParser()
    assert found.read(data / "credentials"), "nobody has the root's credentials"
    return found["default"]["aws_access_key_id"], found["default"]["aws_secret_access_key"]


def who(address, data):
    client = Server.client(type("Started", (), {"url": address}), "sts", *root_of(data))
    return client.get_caller_identity()["Arn"]


def modes(folder):
    return {path.name: path.stat().st_mode & 0o777 for path in folder.iterdir() if path.is_file()}


def test_of_two_first_starts_on_one_folder_one_serves_and_the_other_names_it(tmp_path):
    for number in range(PAIRS):
        data = tmp_path / str(number)
        pair = [launch(data), launch(data)]
        with concurrent.futures.ThreadPoolExecutor() as threads:
            addresses = list(threads.map(listening, pair))
        served = [(process, address) for process, address in zip(pair, addresses) if address]
        assert len(served) == 1, [process.stderr.read() for process, address in zip(pair, addresses) if not address]
        (winner, address), (loser,) = served[0], [process for process in pair if process is not served[0][0]]
        message = loser.stderr.read()
        assert loser.returncode == 1
        assert f"{data / 'passwright.db'}: in use by process {winner.pid}. " in message and "--data" in message, message
        assert who(address, data) == "arn:aws:iam::000000000000:root"
        stop(winner)


def test_of_two_first_starts_on_one_folder_with_postgresql_both_serve_with_the_same_root(tmp_path):
    for number in range(PAIRS // 5):
        data, flags = tmp_path / str(number), database_flags("postgres")
        pair = [launch(data, *flags), launch(data, *flags)]
        with concurrent.futures.ThreadPoolExecutor() as threads:
            addresses = list(threads.map(listening, pair))
        assert all(addresses), [process.stderr.read() for process, address in zip(pair, addresses) if not address]
        assert [who(address, data) for address in addresses] == ["arn:aws:iam::000000000000:root"] * 2
        assert modes(data) == {"master.key": PRIVATE, "credentials": PRIVATE}, "a draft was left"
        for process in pair:
            stop(process)


def test_a_first_start_that_is_killed_at_any_moment_is_completed_by_the_next(tmp_path, database):
    for number in range(20):
        data, flags = tmp_path / str(number), database_flags(database)
        for moment in (number, number + 7):
            killed = launch(data, *flags)
            time.sleep(moment * 0.01)
            stop(killed)
        last = launch(data, *flags)
        address = listening(last)
        assert address, last.stderr.read()
        assert who(address, data) == "arn:aws:iam::000000000000:root"
        assert set(modes(data).values()) == {PRIVATE}
        stop(last)


def test_a_start_that_was_killed_between_its_steps_is_completed(tmp_path, database):
    flags = database_flags(database)
    first = launch(tmp_path, *flags)
    address = listening(first)
    key_id, secret = root_of(tmp_path)
    stop(first)
    # The key is in the database, its file not yet in its place; another draft is of a start that lost.
    (tmp_path / "credentials").rename(tmp_path / f"credentials.{key_id}.draft")
    (tmp_path / "credentials.AKIALOST.draft").write_text("[default]\n")
    (tmp_path / "master.key.lost.draft").write_text("half")
    second = launch(tmp_path, *flags)
    address = listening(second)
    assert root_of(tmp_path) == (key_id, secret)
    assert who(address, tmp_path) == "arn:aws:iam::000000000000:root"
    stop(second)
    # Whoever puts the file away has it put away.
    (tmp_path / "credentials").unlink()
    third = launch(tmp_path, *flags)
    assert listening(third)
    assert not (tmp_path / "credentials").exists()
    stop(third)


def test_a_database_has_one_owner_however_it_is_named_until_that_ends(tmp_path):
    folder = tmp_path / "folder"
    folder.mkdir()
    (tmp_path / "link").symlink_to(folder)
    file = folder / "passwright.db"
    names = [file, tmp_path / "link" / "passwright.db", folder / ".." / "folder" / "passwright.db", os.path.relpath(file)]
    key = ["--master-key-file", str(tmp_path / "master.key")]
    start = lambda number, name: launch(tmp_path / f"data{number}", "--database-url", f"sqlite://{name}", *key, command="dev")
    owner = start(0, file)
    assert listening(owner)
    for number, name in enumerate(names, 1):
        other = start(number, name)
        assert not listening(other)
        assert f"{file}: in use by process {owner.pid}. " in other.stderr.read()
        other.communicate()
    # Nothing is left behind that a kill would have to take away.
    owner.send_signal(signal.SIGKILL)
    owner.communicate()
    after = start(9, names[1])
    assert listening(after), after.stderr.read()
    stop(after)
    # Another name of the file itself would be another lock.
    os.link(file, tmp_path / "other.db")
    os.symlink(file, tmp_path / "symbolic.db")
    for name, words in [("other.db", "hard link"), ("symbolic.db", "symbolic link")]:
        refused = start(10, tmp_path / name)
        assert not listening(refused)
        assert words in refused.stderr.read()
        refused.communicate()


def test_a_database_whose_lock_is_deleted_or_that_is_moved_away_keeps_its_owner(tmp_path):
    data, elsewhere = tmp_path / "data", tmp_path / "elsewhere"
    owner = launch(data)
    assert listening(owner)
    (data / "passwright.db-lock").unlink()
    other = launch(data)
    assert not listening(other)
    assert f"{data / 'passwright.db'}: in use by a process that" in other.stderr.read()
    elsewhere.mkdir()
    (elsewhere / "master.key").write_text((data / "master.key").read_text())
    (data / "passwright.db").rename(elsewhere / "passwright.db")
    other = launch(elsewhere)
    assert not listening(other)
    assert "in use by a process that" in other.stderr.read()
    stop(owner)
    next_one = launch(elsewhere)
    assert listening(next_one), next_one.stderr.read()
    stop(next_one)


def test_the_lock_and_the_credentials_are_made_private_and_another_files_mode_is_not_touched(tmp_path):
    data, another = tmp_path / "data", tmp_path / "another"
    first = launch(data)
    assert listening(first)
    stop(first)
    (data / "credentials").chmod(0o666)
    second = launch(data)
    assert listening(second)
    assert modes(data)["credentials"] == PRIVATE
    stop(second)
    another.write_text("")
    another.chmod(0o644)
    (data / "passwright.db-lock").unlink()
    os.link(another, data / "passwright.db-lock")
    third = launch(data)
    assert not listening(third)
    assert "hard link" in third.stderr.read()
    assert another.stat().st_mode & 0o777 == 0o644


def test_an_ephemeral_server_that_does_not_start_leaves_nothing(tmp_path):
    held = launch(tmp_path / "held", command="dev")
    assert listening(held)
    url = f"sqlite://{tmp_path / 'held' / 'passwright.db'}"
    environment = {**os.environ, "TMPDIR": str(tmp_path / "temporary")}
    (tmp_path / "temporary").mkdir()
    arguments = [str(BINARY), "dev", "--port", "0", "--ephemeral", "--database-url", url]
    ended = subprocess.run(arguments, env=environment, capture_output=True, text=True, timeout=60)
    assert ended.returncode == 1 and f"in use by process {held.pid}. " in ended.stderr
    assert list((tmp_path / "temporary").iterdir()) == []
    stop(held)


@pytest.mark.parametrize("umask", [0o000, 0o077, 0o777])
def test_files_are_their_owners_whatever_the_umask(tmp_path, umask):
    data = tmp_path / "outer" / "data"
    process = launch(data, umask=umask)
    assert listening(process), process.stderr.read()
    expected = {"passwright.db", "passwright.db-wal", "passwright.db-shm", "passwright.db-lock", "master.key", "credentials"}
    assert modes(data) == dict.fromkeys(expected, PRIVATE)
    assert data.stat().st_mode & 0o777 == 0o700
    stop(process)
    # As an older release may have left them, and a kill the ones beside the database.
    for path in data.iterdir():
        path.chmod(0o644)
    (data / "credentials").chmod(PRIVATE)
    process = launch(data, "--tls", command="dev", umask=umask)
    assert listening(process), process.stderr.read()
    assert modes(data) == dict.fromkeys(expected, PRIVATE)
    assert modes(data / "tls")["ca.key"] == PRIVATE and (data / "tls").stat().st_mode & 0o777 == 0o700
    stop(process)


@pytest.mark.parametrize("name", [
    "passwright.db", "passwright.db-wal", "passwright.db-shm", "passwright.db-journal", "passwright.db-lock", "master.key",
    "tls", "tls/ca.key"])
def test_a_planted_link_is_not_followed(tmp_path, name):
    data, victim = tmp_path / "data", tmp_path / "victim"
    (data / name).parent.mkdir(parents=True)
    victim.mkdir() if name == "tls" else victim.write_text("")
    for target in (victim, tmp_path / "none"):
        (data / name).symlink_to(target)
        process = launch(data, "--tls", command="dev")
        assert not listening(process)
        assert str(data / name) in process.stderr.read()
        process.communicate()
        assert not (tmp_path / "none").exists() and (list(victim.iterdir()) if name == "tls" else victim.read_text()) in ([], "")
        (data / name).unlink()


def test_a_link_in_the_place_of_the_credentials_gives_way(tmp_path):
    data, victim = tmp_path / "data", tmp_path / "victim"
    data.mkdir()
    victim.write_text("untouched")
    (data / "credentials").symlink_to(victim)
    process = launch(data)
    address = listening(process)
    assert who(address, data) == "arn:aws:iam::000000000000:root"
    assert victim.read_text() == "untouched" and not (data / "credentials").is_symlink()
    stop(process)


def test_a_master_key_that_the_operator_names_may_be_a_link(tmp_path):
    first = launch(tmp_path / "data", command="dev")
    assert listening(first)
    stop(first)
    (tmp_path / "data" / "master.key").rename(tmp_path / "secret")
    (tmp_path / "mounted").symlink_to(tmp_path / "secret")
    (tmp_path / "secret").chmod(0o440)
    second = launch(tmp_path / "data", "--master-key-file", str(tmp_path / "mounted"), command="dev")
    assert listening(second), second.stderr.read()
    assert (tmp_path / "secret").stat().st_mode & 0o777 == 0o440
    stop(second)


def frame(kind, flags, stream, payload=b""):
    """A frame of HTTP/2 (RFC 9113 §4.1)."""
    return len(payload).to_bytes(3, "big") + bytes([kind, flags]) + stream.to_bytes(4, "big") + payload


def field(name, value):
    """A header without compression (RFC 7541 §6.2.2)."""
    return b"\0" + bytes([len(name)]) + name + bytes([len(value)]) + value


def hold_back(server, transport):
    """A connection with a request whose body does not come."""
    address = re.match(r"https?://([\d.]+):(\d+)", server.url if transport == "http" else server.tls_url)
    connection = socket.create_connection((address[1], int(address[2])))
    if transport != "http":
        context = ssl.create_default_context(cafile=server.ca)
        context.set_alpn_protocols([transport])
        connection = context.wrap_socket(connection, server_hostname="localhost")
        assert connection.selected_alpn_protocol() == transport
    if transport == "h2":
        fields = [(b":method", b"POST"), (b":scheme", b"https"), (b":authority", b"localhost"), (b":path", b"/"),
                  (b"x-amz-target", b"AWSCognitoIdentityProviderService.SignUp"), (b"content-type", b"application/x-amz-json-1.1")]
        headers = frame(1, 4, 1, b"".join(field(*pair) for pair in fields))
        connection.sendall(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + frame(4, 0, 0) + headers + frame(0, 0, 1, b"{"))
    else:
        connection.sendall(
            b"POST / HTTP/1.1\r\nHost: localhost\r\nX-Amz-Target: AWSCognitoIdentityProviderService.SignUp\r\n"
            b"Content-Type: application/x-amz-json-1.1\r\nContent-Length: 100000\r\n\r\n{")
    return connection


@pytest.mark.parametrize("transport", ["http", "http/1.1", "h2"])
@pytest.mark.parametrize("signals", [[signal.SIGTERM], [signal.SIGTERM, signal.SIGTERM], [signal.SIGTERM, signal.SIGINT], [signal.SIGINT]])
def test_a_body_that_never_comes_does_not_keep_the_process(tmp_path, logs, transport, signals):
    server = Server("dev", tmp_path, "--tls", log=logs / f"held-{transport.replace('/', '')}-{len(signals)}.log")
    held = [hold_back(server, transport) for _ in range(3)]
    # The server has the requests in hand when it answers one that came after them.
    time.sleep(0.3)
    server.get("/healthz")
    for number in signals:
        server.process.send_signal(number)
        time.sleep(0.05)
    # A body has 30 seconds, and so has a stop.
    assert server.process.wait(10) == 0
    server.stop()
    for connection in held:
        connection.close()
