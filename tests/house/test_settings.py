"""Settings: what is refused, what is said about it, and that `.env.example` tells the truth."""

from __future__ import annotations

import re
import traceback
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from bot.config import (
    PROXY_SCHEMES,
    Settings,
    SettingsError,
    SettingsFault,
    check_for_run,
    is_loopback,
    load,
    names,
    read_policy,
)
from bot.domain.policy import Policy
from bot.domain.policy_faults import PolicyError

ROOT = Path(__file__).parents[2]
TOKEN = "123456789:AAsecretSECRETsecret-_x"
MARK = "-".join(("never", "to", "be", "seen"))  # joined, so that no traceback quotes it from this file
GIVEN = {"UNGCUU_TOKEN": TOKEN}


def refused(**values: str) -> tuple[SettingsFault, ...]:
    """The faults of an environment that holds a token and `values` (lower-case names of fields)."""
    with pytest.raises(SettingsError) as caught:
        load({**GIVEN, **{f"UNGCUU_{name.upper()}": value for name, value in values.items()}}, None)
    return caught.value.faults


def test_a_token_is_all_that_is_needed() -> None:
    settings = load(GIVEN, None)
    assert settings.token.get_secret_value() == TOKEN
    assert settings.bot_id == 123456789
    assert settings.base_url == "https://api.telegram.org/bot"
    assert settings.base_file_url == "https://api.telegram.org/file/bot"
    assert settings.database_path == Path("data/ungcuu.db")
    assert (settings.listen_host, settings.listen_port) == ("127.0.0.1", 8081)
    assert (settings.webhook_url, settings.proxy_url, settings.policy, settings.admins) == (None, None, None, ())


def test_without_a_token_it_says_which_name_is_missing() -> None:
    with pytest.raises(SettingsError) as caught:
        load({}, None)
    assert caught.value.faults == (SettingsFault("settings.token_missing", "UNGCUU_TOKEN"),)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("UNGCUU_TOKN", "UNGCUU_TOKEN"),
        ("ungcuu_token", "UNGCUU_TOKEN"),
        ("UNGCU_TOKEN", "UNGCUU_TOKEN"),
        ("UNGCUU_API", "UNGCUU_API_URL"),
        ("UNGCUU_WEBHOOK", "UNGCUU_WEBHOOK_URL"),
        ("UNGCUU_DATABSE", "UNGCUU_DATABASE"),
        ("UNGCUU_ADMIN", "UNGCUU_ADMINS"),
        ("UNGCUU_POLICY_", "UNGCUU_POLICY"),
    ],
)
def test_a_mistyped_name_is_refused_with_the_name_that_was_meant(written: str, meant: str, tmp_path: Path) -> None:
    fault = SettingsFault("settings.unknown", written, meant)
    with pytest.raises(SettingsError) as from_environment:
        load({**GIVEN, written: "x"}, None)
    assert from_environment.value.faults == (fault,)
    env_file = tmp_path / ".env"
    env_file.write_text(f"UNGCUU_TOKEN={TOKEN}\n{written}=x\n", encoding="utf-8")
    with pytest.raises(SettingsError) as from_file:
        load({}, env_file)
    assert from_file.value.faults == (fault,)


def test_a_mistyped_token_is_one_fault_and_not_two() -> None:
    with pytest.raises(SettingsError) as caught:
        load({"UNGCUU_TOKN": TOKEN}, None)
    assert caught.value.faults == (SettingsFault("settings.unknown", "UNGCUU_TOKN", "UNGCUU_TOKEN"),)


def test_a_name_like_none_of_ours_is_refused_with_all_that_exist() -> None:
    (fault,) = refused(zzz="1")
    assert fault == SettingsFault("settings.unknown_alone", "UNGCUU_ZZZ", ", ".join(names()))


def test_the_settings_of_other_programs_are_none_of_our_business() -> None:
    others = {"TOKEN": "x", "PATH": "/bin", "HTTP_PROXY": "http://x", "DATABASE_URL": "x", "LISTEN_PID": "1"}
    assert load({**GIVEN, **others}, None) == load(GIVEN, None)


def test_all_faults_are_told_at_once() -> None:
    faults = refused(api_url="http://example.com", listen="8081", admins="me", databse="x")
    assert [fault.key for fault in faults] == [
        "settings.unknown",
        "settings.api_not_https",
        "settings.listen_malformed",
        "settings.admins_malformed",
    ]


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:8080", "http://127.8.9.1", "http://[::1]:9/", "http://localhost:1/x"]
)
def test_an_open_api_address_is_taken_on_this_machine(url: str) -> None:
    settings = load({**GIVEN, "UNGCUU_API_URL": url}, None)
    assert settings.api_is_loopback
    assert settings.base_url == url.rstrip("/") + "/bot"


@pytest.mark.parametrize(
    ("url", "key"),
    [
        ("http://api.telegram.org", "settings.api_not_https"),
        ("http://10.0.0.1:8081", "settings.api_not_https"),
        ("http://127.0.0.1.example.com", "settings.api_not_https"),
        ("http://localhost.example.com", "settings.api_not_https"),
        ("http://0177.0.0.1", "settings.api_not_https"),
        ("http://[::ffff:127.0.0.1]", "settings.api_not_https"),
        ("http://127.0.0.1@example.com", "settings.api_malformed"),
        ("http://127.0.0.1\\@example.com", "settings.api_malformed"),
        ("https://user:word@example.com", "settings.api_malformed"),
        ("https://example.com/?a=b", "settings.api_malformed"),
        ("https://example.com:99999", "settings.api_malformed"),
        ("ftp://example.com", "settings.api_malformed"),
        ("api.telegram.org", "settings.api_malformed"),
        ("https://", "settings.api_malformed"),
    ],
)
def test_an_api_address_that_others_could_overhear_or_misread_is_refused(url: str, key: str) -> None:
    assert [fault.key for fault in refused(api_url=url)] == [key]


@pytest.mark.parametrize("scheme", PROXY_SCHEMES)
def test_a_proxy_may_have_a_name_and_a_password(scheme: str) -> None:
    proxy = f"{scheme}://somebody:wo$rd@127.0.0.1:1080"
    settings = load({**GIVEN, "UNGCUU_PROXY": proxy}, None)
    assert settings.proxy_url == proxy
    assert "wo$rd" not in repr(settings)


@pytest.mark.parametrize(
    ("proxy", "key"),
    [
        ("ftp://127.0.0.1:21", "settings.proxy_scheme"),
        ("127.0.0.1:1080", "settings.proxy_scheme"),
        ("socks5://127.0.0.1", "settings.proxy_malformed"),
        ("socks5://:1080", "settings.proxy_malformed"),
        ("socks5://127.0.0.1:x", "settings.proxy_malformed"),
    ],
)
def test_a_proxy_that_nothing_can_speak_to_is_refused(proxy: str, key: str) -> None:
    assert [fault.key for fault in refused(proxy=proxy)] == [key]


@pytest.mark.parametrize(
    ("url", "path"), [("sqlite:///a/b.db", "a/b.db"), ("sqlite:////var/lib/ungcuu/x.db", "/var/lib/ungcuu/x.db")]
)
def test_three_slashes_are_a_relative_path_and_four_an_absolute_one(url: str, path: str) -> None:
    assert load({**GIVEN, "UNGCUU_DATABASE": url}, None).database_path == Path(path)


@pytest.mark.parametrize(
    "url",
    [
        "data/x.db",
        "sqlite://x.db",
        "sqlite:///",
        "sqlite:///:memory:",
        "sqlite:///x/",
        "postgresql://h/d",
        "sqlite:///x?mode=ro",
    ],
)
def test_a_database_that_is_no_file_is_refused(url: str) -> None:
    assert [fault.key for fault in refused(database=url)] == ["settings.database_malformed"]


@pytest.mark.parametrize("url", ["http://example.com/hook", "http://127.0.0.1/hook"])
def test_a_webhook_in_the_open_is_refused(url: str) -> None:
    assert refused(webhook_url=url) == (SettingsFault("settings.webhook_not_https", "UNGCUU_WEBHOOK_URL"),)


def test_a_bot_api_server_on_this_machine_may_call_back_in_the_open() -> None:
    local = {**GIVEN, "UNGCUU_API_URL": "http://127.0.0.1:8080", "UNGCUU_WEBHOOK_URL": "http://127.0.0.1:8081/hook"}
    assert load(local, None).webhook_url == "http://127.0.0.1:8081/hook"


@pytest.mark.parametrize(
    "address", ["8081", ":8081", "host:", "host:65536", "a b:1", "http://host:1", "::1:80", "host:-1"]
)
def test_an_address_to_listen_on_is_host_and_port(address: str) -> None:
    assert [fault.key for fault in refused(listen=address)] == ["settings.listen_malformed"]


def test_an_ipv6_address_is_listened_on_without_its_brackets() -> None:
    settings = load({**GIVEN, "UNGCUU_LISTEN": "[::1]:0"}, None)
    assert (settings.listen_host, settings.listen_port) == ("::1", 0)


def test_administrators_are_numbers_between_commas() -> None:
    assert load({**GIVEN, "UNGCUU_ADMINS": " 12, 345,12,"}, None).admins == (12, 345)


@pytest.mark.parametrize("admins", ["-100123", "@someone", "12 34", "0", "１２", "1e5"])
def test_groups_and_names_are_no_administrators(admins: str) -> None:
    assert [fault.key for fault in refused(admins=admins)] == ["settings.admins_malformed"]


@pytest.mark.parametrize("token", ["nonsense", ":abc", "12:", "12:a b", "12:abc/../x", "x12:abc"])
def test_what_is_no_token_is_refused(token: str) -> None:
    assert [fault.key for fault in refused(token=token)] == ["settings.token_malformed"]


def told_about(environ: dict[str, str]) -> str:
    """Everything that loading, and an uncaught failure to load, could put on a screen or in a log."""
    try:
        return repr(load(environ, None).token)
    except SettingsError as error:
        return "".join(traceback.format_exception(error)) + repr(error.faults)


@given(
    st.dictionaries(st.sampled_from(sorted(names())), st.text(st.characters(codec="utf-8", exclude_characters="\0")))
)
def test_nothing_that_is_told_repeats_a_value(values: dict[str, str]) -> None:
    marked = {name: f"{value}{MARK}{value}" for name, value in values.items()}
    assert MARK not in told_about({"UNGCUU_TOKEN": f"12:{MARK}", **marked})


def test_a_line_of_the_file_without_its_sign_does_not_show_the_token(tmp_path: Path) -> None:
    env_file = tmp_path / ".env"
    env_file.write_text(f"UNGCUU_TOKEN:{TOKEN}\n", encoding="utf-8")
    with pytest.raises(SettingsError) as caught:
        load({}, env_file)
    assert [(fault.key, fault.name) for fault in caught.value.faults] == [("settings.line_unreadable", "UNGCUU_TOKEN")]
    assert "secret" not in str(caught.value)


def test_the_environment_overrules_the_file_and_empty_means_not_set(tmp_path: Path) -> None:
    env_file = tmp_path / ".env"
    env_file.write_bytes(
        b"\xef\xbb\xbfUNGCUU_TOKEN=1:file\r\nUNGCUU_LISTEN=127.0.0.1:1\r\nUNGCUU_PROXY='http://a:$b@c:1'\r\nUNGCUU_ADMINS=\r\n"
    )
    settings = load({"UNGCUU_TOKEN": "2:environment", "UNGCUU_LISTEN": ""}, env_file)
    assert settings.bot_id == 2
    assert settings.listen == "127.0.0.1:8081"
    assert settings.proxy_url == "http://a:$b@c:1"
    assert settings.admins == ()


def test_a_file_that_cannot_be_read_is_told_and_a_missing_one_is_not(tmp_path: Path) -> None:
    env_file = tmp_path / ".env"
    assert load(GIVEN, env_file) == load(GIVEN, None)
    env_file.write_bytes(b"UNGCUU_TOKEN=1:\xff\xfe")
    with pytest.raises(SettingsError) as caught:
        load(GIVEN, env_file)
    assert caught.value.faults == (SettingsFault("settings.env_file_unreadable", str(env_file)),)


def test_settings_made_by_hand_read_nothing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("UNGCUU_API_URL", "https://example.com")
    monkeypatch.setenv("UNGCUU_TOKEN", TOKEN)
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".env").write_text("UNGCUU_LISTEN=127.0.0.1:1\n", encoding="utf-8")
    settings = Settings.model_validate({"token": "1:playground", "api_url": "http://127.0.0.1:8080"})
    assert settings.bot_id == 1
    assert settings.listen == "127.0.0.1:8081"
    assert settings.api_url == "http://127.0.0.1:8080"


def test_settings_do_not_change() -> None:
    with pytest.raises(ValidationError):
        load(GIVEN, None).listen = "0.0.0.0:1"  # type: ignore[misc]


def test_the_token_of_the_playground_works_on_this_machine_only() -> None:
    public = load({"UNGCUU_TOKEN": "42:playground"}, None)
    with pytest.raises(SettingsError) as caught:
        check_for_run(public)
    assert caught.value.faults == (SettingsFault("settings.token_playground", "UNGCUU_TOKEN"),)
    check_for_run(load({"UNGCUU_TOKEN": "42:playground", "UNGCUU_API_URL": "http://127.0.0.1:8080"}, None))
    check_for_run(load(GIVEN, None))


@pytest.mark.parametrize(
    ("host", "here"), [("localhost", True), ("127.1.2.3", True), ("::1", True), ("0.0.0.0", False), ("", False)]
)
def test_loopback_is_this_machine_and_no_other(host: str, *, here: bool) -> None:
    assert is_loopback(host) is here


def test_without_a_path_the_policy_is_neutral_and_a_wrong_path_is_told(tmp_path: Path) -> None:
    assert read_policy(None) == Policy.neutral()
    with pytest.raises(PolicyError) as caught:
        read_policy(tmp_path / "absent.toml")
    assert [(fault.key, fault.path) for fault in caught.value.faults] == [
        ("policy.unreadable", str(tmp_path / "absent.toml"))
    ]
    file = tmp_path / "policy.toml"
    file.write_text("\ufeffdraft_days = 5\n", encoding="utf-8")
    assert read_policy(file).draft_days == 5


def written_default(field: str) -> str:
    """How `.env.example` writes the default of a field."""
    default = Settings.model_fields[field].get_default()
    return "" if field == "token" or default in (None, ()) else str(default)


def test_the_example_file_names_every_setting_with_its_default_and_a_reason() -> None:
    lines = (ROOT / ".env.example").read_text(encoding="utf-8").splitlines()
    settings = {
        match[1]: (place, match[2])
        for place, line in enumerate(lines)
        if (match := re.match(r"#?(UNGCUU_\w+)=(.*)", line))
    }
    assert {name: value for name, (_, value) in settings.items()} == {
        name: written_default(field) for name, field in names().items()
    }
    for place, _ in settings.values():
        assert re.match(r"# \w.{20,}\.$", lines[place - 1])


def test_a_copied_example_file_needs_nothing_but_the_token(tmp_path: Path) -> None:
    env_file = tmp_path / ".env"
    text = (ROOT / ".env.example").read_text(encoding="utf-8")
    env_file.write_text(re.sub(r"^#(UNGCUU_)", r"\1", text, flags=re.MULTILINE), encoding="utf-8")
    with pytest.raises(SettingsError) as caught:
        load({}, env_file)
    assert [fault.key for fault in caught.value.faults] == ["settings.token_missing"]
    assert load(GIVEN, env_file) == load(GIVEN, None)
