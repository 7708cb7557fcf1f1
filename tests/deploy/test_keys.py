"""Development keys are private, and made once."""

import base64
import json
import subprocess
import sys
from pathlib import Path

import pytest
from evaluation.signing import Signer
from huijia_local.keys import SEALING, ensure_keys, load_signing_key


def test_every_key_file_is_readable_by_its_owner_only(tmp_path: Path) -> None:
    keys = ensure_keys(tmp_path / "keys")

    sealing = [file for name in SEALING for file in (keys.data_keys(name), keys.blind_index_key(name))]
    files = [keys.signing_key, keys.jwks, keys.statement_key, *sealing]
    assert sorted(keys.folder.iterdir()) == sorted(files)
    assert {file.stat().st_mode & 0o777 for file in files} == {0o600}


def test_a_second_run_changes_no_key(tmp_path: Path) -> None:
    first = {file: file.read_bytes() for file in ensure_keys(tmp_path).folder.iterdir()}

    second = {file: file.read_bytes() for file in ensure_keys(tmp_path).folder.iterdir()}

    assert second == first


def test_a_lost_key_set_is_made_again_for_the_same_signing_key(tmp_path: Path) -> None:
    keys = ensure_keys(tmp_path)
    public = json.loads(keys.jwks.read_text())["keys"][0]["x"]
    keys.jwks.unlink()

    ensure_keys(tmp_path)

    assert json.loads(keys.jwks.read_text())["keys"][0]["x"] == public


def test_the_key_set_holds_the_public_half_only(tmp_path: Path) -> None:
    keys = ensure_keys(tmp_path)

    (published,) = json.loads(keys.jwks.read_text())["keys"]

    raw = load_signing_key(keys).public_key().public_bytes_raw()
    assert base64.urlsafe_b64decode(published["x"] + "=") == raw
    assert set(published) == {"kty", "crv", "x", "use", "alg", "kid"}


def test_evaluation_signs_statements_with_a_key_of_its_own(tmp_path: Path) -> None:
    keys = ensure_keys(tmp_path)

    (pem,) = keys.settings("evaluation").values()
    signature = Signer.from_file(Path(pem)).sign(b"a statement")

    assert signature is not None
    assert Signer.from_file(Path(pem)).verified_by(b"a statement", signature)
    assert Path(pem).read_bytes() != keys.signing_key.read_bytes()


def test_the_active_data_key_is_there_and_has_256_bits(tmp_path: Path) -> None:
    keys = ensure_keys(tmp_path)

    for service in SEALING:
        data = json.loads(keys.data_keys(service).read_text())
        assert len(base64.b64decode(data["keys"][data["active"]])) == 32
        assert len(base64.b64decode(keys.blind_index_key(service).read_text())) == 32
    assert len({keys.data_keys(service).read_text() for service in SEALING}) == len(SEALING)


@pytest.mark.parametrize(
    ("spoiled", "told"),
    [("signing.pem", "Remove it and"), (".", "See that the folder can be written")],
)
def test_a_spoiled_folder_stops_a_command_with_what_to_do_next(tmp_path: Path, spoiled: str, told: str) -> None:
    folder = tmp_path / "local"
    if spoiled == ".":
        folder.write_text("a file")
    else:
        ensure_keys(folder / "keys")
        (folder / "keys" / spoiled).write_text("no key")

    command = [sys.executable, "-m", "huijia_local", "token", "HOST:350802001001", "--folder", str(folder)]
    said = subprocess.run(command, capture_output=True, text=True, check=False)

    assert (said.returncode, said.stdout) == (1, "")
    assert told in said.stderr
    assert "Traceback" not in said.stderr
