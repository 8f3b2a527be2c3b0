"""Settings: what differs between two installations, read once from the environment and `.env`."""

from __future__ import annotations

import difflib
import ipaddress
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

from dotenv import dotenv_values
from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_core import PydanticCustomError

from bot.domain.policy import Policy
from bot.domain.policy_faults import PolicyError, PolicyFault

PREFIX = "UNGCUU_"
PROXY_SCHEMES = ("http", "https", "socks4", "socks5", "socks5h")
DATABASE_SCHEME = "sqlite:///"

_TOKEN = re.compile(r"[0-9]{1,20}:[A-Za-z0-9_-]+")
_ADDRESS = re.compile(r"(?P<host>\[[0-9a-fA-F:.]+\]|[^\s:\[\]/@]+):(?P<port>[0-9]{1,5})")
_PERSON = re.compile(r"[1-9][0-9]{0,15}")  # Telegram promises at most 52 significant bits


@dataclass(frozen=True)
class SettingsFault:
    """One thing that is wrong: a key of the catalogue, the name it concerns, and what was probably meant or is allowed.

    It never holds what the operator wrote: that may be a token or a password.
    """

    key: str
    name: str
    meant: str = ""


class SettingsError(Exception):
    """The settings cannot be used. `faults` has one entry for each thing to mend; the command line puts it in words."""

    def __init__(self, faults: tuple[SettingsFault, ...]) -> None:
        super().__init__("; ".join(f"{fault.key}: {fault.name}" for fault in faults))
        self.faults = faults


class Settings(BaseModel):
    """A value: it builds nothing and reads nothing by itself, so the playground's cannot pick up a real token.

    For that reason it is no `BaseSettings`, which reads the environment whenever it is made.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    token: SecretStr
    api_url: str = "https://api.telegram.org"
    proxy: SecretStr | None = None  # may carry a password
    database: str = "sqlite:///data/ungcuu.db"
    data: Path = Path("data")
    policy: Path | None = None
    papers: Path | None = None  # a folder with further layouts of official papers
    webhook_url: str | None = None
    listen: str = "127.0.0.1:8081"
    admins: tuple[int, ...] = Field(default=())

    @field_validator("token")
    @classmethod
    def _token_has_its_shape(cls, token: SecretStr) -> SecretStr:
        if not _TOKEN.fullmatch(token.get_secret_value()):
            raise _refused("token_malformed")
        return token

    @field_validator("api_url")
    @classmethod
    def _api_is_private_on_the_way(cls, url: str) -> str:
        return _web_address(url, "api").rstrip("/")

    @field_validator("proxy")
    @classmethod
    def _proxy_can_be_spoken(cls, proxy: SecretStr | None) -> SecretStr | None:
        if proxy is None:
            return None
        parts = _split(proxy.get_secret_value())
        if parts is None:
            raise _refused("proxy_malformed")
        if parts.scheme not in PROXY_SCHEMES:
            raise _refused("proxy_scheme", ", ".join(PROXY_SCHEMES))
        if not parts.hostname or parts.port is None:
            raise _refused("proxy_malformed")
        return proxy

    @field_validator("database")
    @classmethod
    def _database_is_a_file(cls, url: str) -> str:
        path = url.removeprefix(DATABASE_SCHEME)
        # In memory nothing would survive a restart, and the receipts would be lies.
        if path == url or path.endswith("/") or not path or path == ":memory:" or set(path) & set("?#\0"):
            raise _refused("database_malformed", "sqlite:///data/ungcuu.db")
        return url

    @field_validator("webhook_url")
    @classmethod
    def _webhook_is_private_on_the_way(cls, url: str | None) -> str | None:
        return None if url is None else _web_address(url, "webhook")

    @field_validator("listen")
    @classmethod
    def _listen_is_host_and_port(cls, address: str) -> str:
        match = _ADDRESS.fullmatch(address)
        if match is None or int(match["port"]) > 65535:
            raise _refused("listen_malformed", "127.0.0.1:8081")
        return address

    @field_validator("admins", mode="before")
    @classmethod
    def _admins_are_people(cls, admins: object) -> object:
        if not isinstance(admins, str):
            return admins
        ids = [part.strip() for part in admins.split(",") if part.strip()]
        if not all(_PERSON.fullmatch(one) for one in ids):
            raise _refused("admins_malformed", "123456789,987654321")
        return tuple(dict.fromkeys(int(one) for one in ids))

    @model_validator(mode="after")
    def _webhook_fits_the_api(self) -> Settings:
        """Telegram calls nothing but https; only a Bot API server on this machine may call back in the open."""
        if self.webhook_url and self.webhook_url.startswith("http:") and not self.api_is_loopback:
            raise _refused("webhook_not_https")
        return self

    @property
    def bot_id(self) -> int:
        """Our own Telegram id: the number before the colon of the token."""
        return int(self.token.get_secret_value().partition(":")[0])

    @property
    def is_playground_token(self) -> bool:
        return self.token.get_secret_value().endswith(":playground")

    @property
    def api_is_loopback(self) -> bool:
        return is_loopback(urlsplit(self.api_url).hostname or "")

    @property
    def base_url(self) -> str:
        """Where the methods of the Bot API stand; the token follows at once."""
        return f"{self.api_url}/bot"

    @property
    def base_file_url(self) -> str:
        """Where the files of the Bot API stand; the token follows at once."""
        return f"{self.api_url}/file/bot"

    @property
    def proxy_url(self) -> str | None:
        return self.proxy.get_secret_value() if self.proxy else None

    @property
    def database_path(self) -> Path:
        return Path(self.database.removeprefix(DATABASE_SCHEME))

    @property
    def listen_host(self) -> str:
        return self.listen.rpartition(":")[0].strip("[]")

    @property
    def listen_port(self) -> int:
        return int(self.listen.rpartition(":")[2])


def names() -> dict[str, str]:
    """Every name that the environment may hold, and the field of `Settings` that it fills."""
    return {PREFIX + field.upper(): field for field in Settings.model_fields}


def load(environ: Mapping[str, str], env_file: Path | None = Path(".env")) -> Settings:
    """The settings of `env_file`, overruled by `environ`; an empty value counts as not set.

    Raises SettingsError with every fault at once, mistyped names included.
    """
    given = {**_written(env_file), **environ}
    faults = _mistyped(given)
    known = {field: given[name].strip() for name, field in names().items() if given.get(name, "").strip()}
    try:
        settings = Settings.model_validate(known)
    except ValidationError as error:
        faults += _faults(error, already_meant={fault.meant or fault.name for fault in faults})
        raise SettingsError(tuple(faults)) from None
    if faults:
        raise SettingsError(tuple(faults))
    return settings


def check_for_run(settings: Settings) -> None:
    """The playground's token is public: a bot that used it on a real server would be anybody's."""
    if settings.is_playground_token and not settings.api_is_loopback:
        raise SettingsError((SettingsFault("settings.token_playground", PREFIX + "TOKEN"),))


def read_policy(path: Path | None) -> Policy:
    """The policy in `path`; the neutral one without a path. Raises PolicyError."""
    if path is None:
        return Policy.neutral()
    try:
        return Policy.parse(path.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError):
        raise PolicyError((PolicyFault("policy.unreadable", str(path)),)) from None


def is_loopback(host: str) -> bool:
    """Whether `host` can be no other machine: localhost, 127.0.0.0/8 or ::1."""
    if host == "localhost":
        return True
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    return address.is_loopback and not getattr(address, "ipv4_mapped", None)


def _refused(key: str, meant: str = "") -> PydanticCustomError:
    return PydanticCustomError("settings", "refused", {"key": f"settings.{key}", "meant": meant})


def _split(url: str) -> SplitResult | None:
    """The parts of a URL, or None where programs could read it differently from us."""
    if re.search(r"[\s\\\x00-\x20]", url):
        return None
    try:
        parts = urlsplit(url)
        parts.port  # noqa: B018  raises for a port that is none
    except ValueError:
        return None
    return parts


def _web_address(url: str, what: str) -> str:
    """An http(s) address without user, query or fragment; open http only to this machine."""
    parts = _split(url)
    if parts is None or not parts.hostname or parts.scheme not in ("http", "https"):
        raise _refused(f"{what}_malformed")
    if "@" in parts.netloc or "?" in url or "#" in url:
        raise _refused(f"{what}_malformed")
    if parts.scheme == "http" and not is_loopback(parts.hostname):
        raise _refused(f"{what}_not_https")
    return url


def _written(env_file: Path | None) -> dict[str, str]:
    """What stands in `.env`, taken literally: a `$` in a password is a `$`."""
    if env_file is None or not env_file.exists():
        return {}
    try:
        values = dotenv_values(env_file, interpolate=False, encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError):
        raise SettingsError((SettingsFault("settings.env_file_unreadable", str(env_file)),)) from None
    return {name: value or "" for name, value in values.items()}


def _mistyped(given: Mapping[str, str]) -> list[SettingsFault]:
    known = list(names())
    faults = []
    for name in given:
        ours = name.upper().startswith(PREFIX)
        near = _near(name.upper(), known, ours=ours)
        if name not in known and (ours or near):
            faults.append(_unknown(name, near, known))
    return faults


def _near(name: str, known: list[str], *, ours: bool) -> str:
    """The name that was probably meant, or nothing."""
    if ours:  # the prefix, which all share, must not make strangers look alike
        rests = [one.removeprefix(PREFIX) for one in known]
        near = difflib.get_close_matches(name.removeprefix(PREFIX), rests, n=1)
        return PREFIX + near[0] if near else ""
    # A slip in the prefix itself (UNGCU_TOKEN) must be very near to one of ours: other programs have settings too.
    return next(iter(difflib.get_close_matches(name, known, n=1, cutoff=0.88)), "")


def _unknown(name: str, near: str, known: list[str]) -> SettingsFault:
    # "UNGCUU_TOKEN:123:abc" in `.env`, without "=", is a name for the parser: show no more than a name can be.
    shown = re.split(r"[^A-Za-z0-9_]", name, maxsplit=1)[0]
    if shown in known:
        return SettingsFault("settings.line_unreadable", shown)
    if near:
        return SettingsFault("settings.unknown", shown, near)
    return SettingsFault("settings.unknown_alone", shown, ", ".join(known))


def _faults(error: ValidationError, already_meant: set[str]) -> list[SettingsFault]:
    """pydantic's errors as ours. A missing token whose name was mistyped is one fault, not two."""
    faults = []
    for one in error.errors(include_input=False, include_url=False):
        # Only the rule between webhook and API has no place of its own.
        name = PREFIX + str(one["loc"][0] if one["loc"] else "webhook_url").upper()
        refused = one.get("ctx", {})
        if one["type"] != "missing":
            faults.append(SettingsFault(refused.get("key", "settings.malformed"), name, refused.get("meant", "")))
        elif name not in already_meant:
            faults.append(SettingsFault("settings.token_missing", name))
    return faults
