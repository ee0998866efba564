"""Settings come from arguments, then the environment, and what is wrong is said with a way out."""

from __future__ import annotations

import pytest

import jtnet_recon as jr
from jtnet_recon.config import load_settings


@pytest.fixture
def _environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JTNET_RECON_KEY", "env-key")
    monkeypatch.setenv("JTNET_RECON_SECRET", "env-secret")


@pytest.mark.usefixtures("_environment")
def test_the_environment_is_read() -> None:
    settings = load_settings()

    assert settings.url == "https://api.iamport.kr"
    assert settings.key.get_secret_value() == "env-key"
    assert settings.secret.get_secret_value() == "env-secret"


@pytest.mark.usefixtures("_environment")
def test_an_argument_wins_over_the_environment() -> None:
    assert load_settings(key="arg-key").key.get_secret_value() == "arg-key"


def test_blanks_that_came_with_a_copied_key_are_cut_off() -> None:
    assert load_settings(key=" k\n", secret="s ").key.get_secret_value() == "k"


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({}, "JTNET_RECON_KEY and JTNET_RECON_SECRET"),
        ({"key": "k"}, "Set JTNET_RECON_SECRET"),
        ({"key": "", "secret": "s"}, "Set JTNET_RECON_KEY"),
    ],
)
def test_what_is_missing_is_named(given: dict[str, str], named: str) -> None:
    with pytest.raises(jr.ConfigError, match=named) as caught:
        load_settings(**given)

    assert "관리자콘솔" in caught.value.hint_ko


@pytest.mark.usefixtures("_environment")
def test_a_mistyped_variable_is_named_with_the_nearest_known_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("JTNET_RECON_SECRETT", "x")

    with pytest.raises(jr.ConfigError, match=r"JTNET_RECON_SECRETT is no setting") as caught:
        load_settings()

    assert caught.value.hint == "Did you mean JTNET_RECON_SECRET?"


@pytest.mark.parametrize(
    "url",
    [
        "https://api.iamport.kr",
        "https://api.iamport.kr/",
        "http://127.0.0.1:8080",
        "http://localhost:1",
        "http://[::1]:8080",
        "http://127.9.9.9:8080",
    ],
)
def test_https_and_this_machine_are_allowed(url: str) -> None:
    assert load_settings(url=url, key="k", secret="s").url == url


@pytest.mark.parametrize(
    "url",
    [
        "http://api.iamport.kr",
        "http://192.168.0.7:8080",
        "http://127.0.0.1.evil.example",
        "http://localhost.evil.example",
        "https://user:pw@api.iamport.kr",
        "https://api.iamport.kr/v1",
        "https://api.iamport.kr?x=1",
        "https://api.iamport.kr#x",
        "ftp://api.iamport.kr",
        "api.iamport.kr",
        "https://",
        "https://[::1",
        "http://127.0.0.1:notaport",
        "",
    ],
)
def test_an_address_to_which_a_secret_must_not_go_is_refused(url: str) -> None:
    with pytest.raises(jr.ConfigError, match="address of the API is not allowed") as caught:
        load_settings(url=url, key="k", secret="s")

    assert "pw" not in str(caught.value)


def test_a_client_made_by_hand_is_held_to_the_same_addresses() -> None:
    with pytest.raises(jr.ConfigError, match="not encrypted"):
        jr.Client("http://api.iamport.kr", "k", "s")


@pytest.mark.parametrize("timeout_s", [0, -1.0, float("inf"), float("nan")])
def test_a_time_that_is_none_is_refused(timeout_s: float) -> None:
    with pytest.raises(jr.ConfigError, match="is no time"):
        jr.Client("http://127.0.0.1:1", "k", "s", timeout_s=timeout_s)


def test_settings_print_no_secret() -> None:
    settings = load_settings(key="canary-key", secret="canary-secret")

    assert "canary" not in f"{settings!r} {settings} {settings.model_dump()}"


@pytest.mark.parametrize("tier", ["abc", "ABCD", "AB", "가나다", "A B", "ABC\n", "AB\nX: 1"])
def test_a_tier_is_three_capitals_or_digits(tier: str) -> None:
    with pytest.raises(jr.ConfigError, match="no tier code"):
        jr.Client("http://127.0.0.1:1", "k", "s", tier=tier)


def test_the_tier_travels_as_a_header(api) -> None:
    from client_wire import client_of, page_of

    server = api(lambda _request: page_of([]))

    pulled = client_of(server.url, tier="A07").payments("2022-11-14")

    assert {request.headers.get("tier") for request in server.requests} == {"A07"}
    assert pulled.attrs["pull"]["tier"] == "A07"
