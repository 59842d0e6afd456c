"""The README's walk, pasted into a shell as it stands."""

import os
import re
import subprocess

from support import ROOT


def test_the_walk_works_as_pasted(server):
    blocks = re.findall(r"^```sh walk\n(.*?)^```$", (ROOT / "README.md").read_text(), re.MULTILINE | re.DOTALL)
    assert len(blocks) >= 7
    shell = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    done = subprocess.run(
        ["bash", "-euo", "pipefail"], input="\n".join(blocks), text=True, capture_output=True, timeout=240,
        env={**shell, "AWS_ENDPOINT_URL": server.url})
    assert done.returncode == 0, done.stderr
    for sign in [
        "signed in by SRP: ann@example.com", '"Value": "ann@example.com"', '"Status": "SUCCESS"', '"keys":',
        ":assumed-role/notes-member/CognitoIdentityCredentials", '"decision":true', '"sid":"OwnNotes"', '"decision":false', '"failed":[{',
    ]:
        assert sign in done.stdout, (sign, done.stdout)
    for sign in ["Access Token has been revoked", "Refresh Token has been revoked"]:
        assert sign in done.stderr, (sign, done.stderr)
