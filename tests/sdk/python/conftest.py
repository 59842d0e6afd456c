"""Servers on both databases; after all tests, their logs are searched for faults and secrets."""

import os
import subprocess
import uuid

import pytest
from support import PASSWORD, Server

POSTGRES = os.environ.get("PASSWRIGHT_TEST_POSTGRES")


def database_flags(kind):
    """The flags that choose a database, and for PostgreSQL a new one."""
    if kind == "sqlite":
        return []
    if not POSTGRES:
        raise pytest.UsageError("PASSWRIGHT_TEST_POSTGRES is not set: tests/run sets it")
    name = "t" + uuid.uuid4().hex
    subprocess.run(["psql", "-q", POSTGRES, "-c", f"CREATE DATABASE {name}"], check=True)
    return ["--database-url", POSTGRES.rsplit("/", 1)[0] + "/" + name]


@pytest.fixture(scope="session", params=["sqlite", "postgres"])
def database(request):
    return request.param


@pytest.fixture(scope="session")
def logs(tmp_path_factory):
    folder = tmp_path_factory.mktemp("logs")
    yield folder
    for log in folder.iterdir():
        text = log.read_text()
        assert '"level":"ERROR"' not in text, [line for line in text.splitlines() if '"level":"ERROR"' in line][:5]
        assert PASSWORD not in text, f"{log} holds a password"


@pytest.fixture(scope="session")
def server(database, tmp_path_factory, logs):
    running = Server("dev", tmp_path_factory.mktemp("data"), *database_flags(database), log=logs / f"dev-{database}.log")
    yield running
    running.stop()


@pytest.fixture(scope="session")
def production(database, tmp_path_factory, logs):
    """A `serve` process, and its root's credentials."""
    import configparser

    flags = database_flags(database)
    running = Server("serve", tmp_path_factory.mktemp("serve"), *flags, log=logs / f"serve-{database}.log")
    credentials = configparser.ConfigParser()
    credentials.read(running.data / "credentials")
    assert (running.data / "credentials").stat().st_mode & 0o777 == 0o600
    running.root = (credentials["default"]["aws_access_key_id"], credentials["default"]["aws_secret_access_key"])
    yield running
    running.stop()
