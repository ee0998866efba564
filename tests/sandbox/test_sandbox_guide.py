"""The curl commands of i'mport's JTNet guide, as printed there: only host and token differ.

``data/guide_curl.txt`` holds them in their order. The guide's lines end in a backslash and three
blanks, which no shell takes as "goes on in the next line"; the blanks are the one thing mended.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from sandbox_cards import issue
from sandbox_http import Asker

GUIDE = (Path(__file__).parent / "data" / "guide_curl.txt").read_text(encoding="utf-8")
AGAIN, ONETIME, ISSUE, ISSUE_AND_PAY, AGAIN_LATER = (
    re.sub(r"\\ +\n", "\\\n", command).strip() for command in GUIDE.split("\n\n")
)
UID, ORDER = "your-customer-unique-id", "order_id_8237352"


@pytest.fixture
def api(fresh):
    return fresh()


def run(api, command):
    """Let a shell and curl run a command of the guide."""
    assert "https://api.iamport.kr" in command
    command = command.replace("https://api.iamport.kr", api.sandbox.url)
    command += f' -sS -w "\\n%{{http_code}}" -H "Authorization: {api.token}"'
    assert shutil.which("curl"), "curl is not installed"
    shell = ["bash", "--noprofile", "--norc", "-c", command]
    ran = subprocess.run(shell, capture_output=True, text=True, timeout=60, check=True)
    body, _, status = ran.stdout.rpartition("\n")
    return int(status), json.loads(body)


@pytest.mark.system
@pytest.mark.parametrize("command", [AGAIN, AGAIN_LATER], ids=["window", "rest"])
def test_a_key_is_charged_as_the_guide_says(api, command):
    issue(api, UID)

    status, body = run(api, command)

    payment = body["response"]
    assert (status, body["code"], payment["status"]) == (200, 0, "paid")
    assert (payment["merchant_uid"], payment["customer_uid"]) == (ORDER, UID)
    assert (payment["amount"], payment["name"]) == (3000, None)


@pytest.mark.system
def test_a_card_is_charged_once_as_the_guide_says(api):
    status, body = run(api, ONETIME)

    payment = body["response"]
    assert (status, body["code"], payment["status"]) == (200, 0, "paid")
    assert (payment["merchant_uid"], payment["amount"]) == (ORDER, 3000)
    assert payment["customer_uid"] is None
    assert api.get(f"/payments/{payment['imp_uid']}").response == payment


@pytest.mark.system
def test_a_key_is_issued_as_the_guide_says(api):
    status, body = run(api, ISSUE)

    assert (status, body["code"], body["response"]["customer_uid"]) == (200, 0, UID)
    assert api.get(f"/subscribe/customers/{UID}").response == body["response"]


@pytest.mark.system
def test_a_key_is_issued_and_charged_at_once_as_the_guide_says(api):
    status, body = run(api, ISSUE_AND_PAY)

    payment = body["response"]
    assert (status, payment["status"], payment["customer_uid"]) == (200, "paid", UID)
    assert api.get(f"/subscribe/customers/{UID}").code == 0
    assert api.get(f"/subscribe/customers/{UID}/payments").response["list"] == [payment]


@pytest.mark.system
def test_one_after_the_other_the_guide_s_commands_charge_its_one_order_once(api):
    """All of them name the same order: after the first payment the others are refused."""
    codes = [
        run(api, command)[1]["code"]
        for command in (ISSUE, AGAIN, ONETIME, ISSUE_AND_PAY, AGAIN_LATER)
    ]

    assert codes == [0, 0, 1, 1, 1]
    rows = Asker(api.sandbox).get(f"/payments/findAll/{ORDER}").response["list"]
    assert [row["status"] for row in rows] == ["paid"]
