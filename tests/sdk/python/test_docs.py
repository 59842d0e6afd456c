"""The documentation's blocks that can be run (```sh run, ```python run), each page's in one shell, in a folder of its own."""

import contextlib
import os
import re
import signal
import socket
import subprocess

import pytest
from support import BINARY, ROOT, Server

# What each page's blocks print, if they do what the page says.
PAGES = {
    "account": ["PasswordResetRequired", "MinimumPasswordLength", '"ASIA', "<root_account>"],
    "clients": ["boto3: arn:aws:iam::000000000000:root", "pycognito: ann"],
    "command-line": ["version", '"ann@example.com"', "imported", '"decision": "allowed"', "ok   notes.test.json: nobody deletes", "2 passed, 0 failed"],
    "console": ['"Mode":"dev"', '"Events":['],
    "federation": ["Corp"],
    "decisions": ['"decision":true', '"decision":false'],
    "frameworks": ["issuer: http://127.0.0.1:"],
    "getting-started": ["boto3: ann", "pycognito: ann@example.com", "PyJWT: ann"],
    "hosted-login": ["issuer: http://127.0.0.1:", '"token_endpoint":', '"redirect_uris":["http://127.0.0.1/callback"]', '"ClientName":"An agent"'],
    "identity-pools": ['"ASIA'],
    "messages": [],  # a function; `test_delivery.py` calls it
    "policies": ['"decision": "allowed"', "OwnNotes", "arn:aws:iam::000000000000:policy/own-notes"],
    "production": ["user/before-the-backup"],
    "simulators": ['"EvalDecision": "allowed"'],
    "triggers": ["judge-sign-up"],  # and functions, which `test_triggers.py` calls
    "user-pools": ["3600", "urn:cognito:loa:1 ['pwd']", '"ClientAuthenticationResult":{"AccessToken":"', "Succeeded\t1\t0"],
    "web-identity": ["assumed-role/builds/ann"],
    "validation": ["INVALID_ACTION"],
}


def blocks(page):
    """The blocks of a page that can be run, and their languages."""
    text = (ROOT / f"templates/docs/{page}.md").read_text()
    return re.findall(r"^```(\w+) run\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


def test_every_page_with_such_blocks_is_run():
    pages = {path.stem for path in (ROOT / "templates/docs").glob("*.md")}
    assert {page for page in pages if blocks(page)} == set(PAGES)
    assert {language for page in pages for language, _ in blocks(page)} == {"sh", "python", "js"}


@pytest.mark.parametrize("page", PAGES)
def test_the_blocks_of_a_page_work_as_pasted(page, tmp_path, logs):
    script = []
    for language, block in blocks(page):
        if language == "sh":
            script.append(block)
        elif language == "python":
            script.append(f"python3 - <<'END_OF_BLOCK'\n{block}END_OF_BLOCK\n")
    script = "\n".join(script)
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/passwright").symlink_to(BINARY)
    outside = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "PASSWRIGHT_"))}
    shell = {**outside, "PATH": f"{tmp_path}/bin:{os.environ['PATH']}", "PASSWRIGHT_LOG": "error"}

    server = None
    if "passwright serve" in script:
        port = free_port()
    else:
        server = Server("dev", tmp_path / "passwright-data", "--tls", log=logs / f"docs-{page}.log")
        port = int(server.url.rsplit(":", 1)[1])
    script = re.sub("727[78]", lambda found: str(port + int(found[0]) - 7277), script)
    (tmp_path / "script").write_text(script)
    with open(tmp_path / "out", "w") as out, open(tmp_path / "problems", "w") as problems:
        process = subprocess.Popen(
            ["bash", "-euo", "pipefail", "script"], stdout=out, stderr=problems, cwd=tmp_path, env=shell, start_new_session=True)
        try:
            code = process.wait(240)
        finally:
            # What a block has started in the background ends too, where the block that stops it was not reached.
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            if server:
                server.stop()
    printed = (tmp_path / "out").read_text()
    assert code == 0, printed + (tmp_path / "problems").read_text()
    for sign in PAGES[page]:
        assert sign in printed, (sign, printed)


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]
