"""Settings, read and checked once at the start. A wrong value stops the start with one clear sentence.

NoneBot's own keys stand here too: it reads an environment variable only if its key stands in a dotenv file,
so the composition root hands them over explicitly.
"""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import AliasChoices, Field, ValidationError, ValidationInfo, field_validator, model_validator
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, NoDecode, PydanticBaseSettingsSource, SettingsConfigDict
from pydantic_settings.exceptions import SettingsError

from bot import checks
from bot.mailbox import Mailbox
from bot.texts import say_error
from core.calendar import QuietHours, WorkingDays
from core.errors import DomainError
from core.pushes.plan import Rules, Stage
from db.engine import checked_url

_WEBHOOK = '{"值班群": "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=…"}'
_MAILBOX = "smtp://user:pass@smtp.example.org:587/?from=a@example.org&to=b@example.org"


def _own(name: str, default: Any, example: str, **limits: Any) -> Any:
    return Field(default, validation_alias=AliasChoices(name), examples=[example], **limits)


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds between two sends of one account: a random number between `least` and `most`."""

    least: float
    most: float

    @classmethod
    def parse(cls, text: str) -> "Pace":
        match = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*(?:-\s*(\d+(?:\.\d+)?))?\s*", text)
        if not match or float(match[2] or match[1]) < float(match[1]):
            raise DomainError("settings/pace")
        return cls(float(match[1]), float(match[2] or match[1]))


_CHECKED: dict[str, Callable[[Any], object]] = {
    "accounts": checks.accounts,
    "database_url": checked_url,
    "digest_at": checks.clock_time,
    "file_hosts": checks.hosts,
    "heartbeat_url": checks.web_address,
    "lab_code_pattern": checks.pattern,
    "onebot_ws_urls": checks.addresses,
    "pace_seconds": Pace.parse,
    "quiet_hours": QuietHours.parse,
    "personal_offsets": Stage.parse_all,
    "reminder_offsets": Stage.parse_all,
    "smtp_url": checks.mailbox,
    "wecom_webhooks": checks.webhooks,
}


class Settings(BaseSettings):
    """Each field is one key of `.env.example`; its first example is shown when the value is wrong."""

    model_config = SettingsConfigDict(
        env_file=".env", env_file_encoding="utf-8", extra="ignore", hide_input_in_errors=True
    )

    database_url: str = _own(
        "EQABOT_DATABASE_URL",
        "sqlite+aiosqlite:///data/eqabot.db",
        "sqlite+aiosqlite:///data/eqabot.db",
        repr=False,
    )
    data_dir: Path = _own("EQABOT_DATA_DIR", Path("data"), "data")
    centre_name: str = _own("EQABOT_CENTRE_NAME", "安徽省临床检验中心", "安徽省临床检验中心", min_length=1)
    centre_phone: str = _own("EQABOT_CENTRE_PHONE", "0551-62283619", "0551-62283619", min_length=1)
    site_url: str = _own("EQABOT_SITE_URL", "http://www.ahccl.cn", "http://www.ahccl.cn")
    apply_url: str = _own(
        "EQABOT_APPLY_URL", "http://www.ahccl.cn/sqcklc/index.aspx", "http://www.ahccl.cn/sqcklc/index.aspx"
    )
    portal_url: str = _own("EQABOT_PORTAL_URL", "http://www.clinet.com.cn", "http://www.clinet.com.cn")
    join_groups: str = _own("EQABOT_JOIN_GROUPS", "", "700100200、700100201")
    quiet_hours: str = _own("EQABOT_QUIET_HOURS", "21:00-08:00", "21:00-08:00")
    reminder_offsets: str = _own("EQABOT_REMINDER_OFFSETS", "7d,3d,1d,3h", "7d,3d,1d,3h")
    personal_offsets: str = _own("EQABOT_PERSONAL_OFFSETS", "3d,1d", "3d,1d")
    pending_days: int = _own("EQABOT_PENDING_DAYS", 3, "3", ge=1)
    welcome: bool = _own("EQABOT_WELCOME", True, "true")
    pace_seconds: str = _own("EQABOT_PACE_SECONDS", "3-6", "3-6")
    private_per_day: int = _own("EQABOT_PRIVATE_PER_DAY", 200, "200", ge=0)
    unsure_seconds: int = _own("EQABOT_UNSURE_SECONDS", 60, "60", ge=1, le=3600)
    digest_at: str = _own("EQABOT_DIGEST_AT", "09:00", "09:00")
    heartbeat_url: str = _own("EQABOT_HEARTBEAT_URL", "", "https://hc.example.org/ping/…", repr=False)
    wecom_webhooks: Annotated[dict[str, str], NoDecode] = _own("EQABOT_WECOM_WEBHOOKS", {}, _WEBHOOK, repr=False)
    smtp_url: str = _own("EQABOT_SMTP_URL", "", _MAILBOX, repr=False)
    accounts: Annotated[list[str], NoDecode] = _own("EQABOT_ACCOUNTS", [], '["qq:10000"]')
    file_hosts: Annotated[list[str], NoDecode] = _own("EQABOT_FILE_HOSTS", [], '["multimedia.nt.qq.com.cn"]')
    second_person: bool = _own("EQABOT_SECOND_PERSON", True, "true")
    unused_days: int = _own("EQABOT_UNUSED_DAYS", 180, "180", ge=1)
    keep_messages_days: int = _own("EQABOT_KEEP_MESSAGES_DAYS", 180, "180", ge=30)
    keep_departed_days: int = _own("EQABOT_KEEP_DEPARTED_DAYS", 30, "30", ge=1)
    per_person: int = _own("EQABOT_PER_PERSON", 60, "60", ge=5)
    per_group: int = _own("EQABOT_PER_GROUP", 1500, "1500", ge=10)
    pass_score: float = _own("EQABOT_PASS_SCORE", 80.0, "80", ge=0, le=100)
    lab_code_pattern: str = _own("EQABOT_LAB_CODE_PATTERN", r"^[A-Za-z]{0,3}\d{4,8}$", r"^[A-Za-z]{0,3}\d{4,8}$")
    driver: str = _own("DRIVER", "~fastapi+~aiohttp", "~fastapi+~aiohttp", pattern=r"^~fastapi(\+~aiohttp)?$")
    host: str = _own("HOST", "127.0.0.1", "127.0.0.1")
    port: int = _own("PORT", 8080, "8080", ge=1, le=65535)
    log_level: str = _own("LOG_LEVEL", "INFO", "INFO", pattern="^(DEBUG|INFO|WARNING|ERROR)$")
    onebot_access_token: str = _own("ONEBOT_ACCESS_TOKEN", "", "（用 32 位随机字母数字）", repr=False)
    onebot_secret: str = _own("ONEBOT_SECRET", "", "（用 32 位随机字母数字）", repr=False)
    onebot_ws_urls: Annotated[list[str], NoDecode] = _own(
        "ONEBOT_WS_URLS", [], '["ws://127.0.0.1:3001"]', repr=False
    )

    @field_validator("accounts", "file_hosts", "onebot_ws_urls", mode="before")
    @classmethod
    def _listed(cls, value: Any) -> Any:
        """A JSON list, or words separated by commas."""
        if not isinstance(value, str):
            return value
        return [part for part in re.split(r'[\s,\[\]"]+', value) if part]

    @field_validator("wecom_webhooks", mode="before")
    @classmethod
    def _mapped(cls, value: Any) -> Any:
        """A JSON object; pydantic's own message would show the value, which is secret."""
        if not isinstance(value, str):
            return value
        try:
            found = json.loads(value or "{}")
        except ValueError:
            found = None
        if not isinstance(found, dict) or not all(isinstance(url, str) for url in found.values()):
            raise ValueError(DomainError("settings/webhooks"))
        return found

    @field_validator(*_CHECKED)
    @classmethod
    def _checks(cls, value: Any, info: ValidationInfo) -> Any:
        try:
            _CHECKED[str(info.field_name)](value)
        except DomainError as fault:
            raise ValueError(fault) from fault
        return value

    @model_validator(mode="after")
    def _database_in_data_dir(self) -> Self:
        """An embedded database that is not named lies in the data folder."""
        if "database_url" not in self.model_fields_set:
            self.database_url = f"sqlite+aiosqlite:///{self.data_dir / 'eqabot.db'}"
        return self

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return init_settings, env_settings, dotenv_settings

    @property
    def rules(self) -> Rules:
        stages, quiet = Stage.parse_all(self.reminder_offsets), QuietHours.parse(self.quiet_hours)
        digest, personal = checks.clock_time(self.digest_at), Stage.parse_all(self.personal_offsets)
        return Rules(stages, quiet, WorkingDays({}), digest, personal, self.pending_days)

    @property
    def mailbox(self) -> Mailbox | None:
        return Mailbox.parse(self.smtp_url) if self.smtp_url else None

    @property
    def pace(self) -> "Pace":
        return Pace.parse(self.pace_seconds)


def load(env_file: str | None = ".env") -> Settings:
    """The settings, or DomainError("settings/value") naming the key, what is wrong, and an example."""
    try:
        settings = Settings(_env_file=env_file)
    except (ValidationError, SettingsError, UnicodeDecodeError) as fault:
        raise _explained(fault) from fault
    return settings


def check_transport(settings: Settings) -> None:
    """Who may speak to us, and whom we believe (architecture §3): open HTTP event routes let anybody speak as
    staff, so there are both secrets or the address is this machine's own; a secret is none if it can be guessed;
    and we dial no other machine in the clear that has not to prove itself."""
    secrets = {"ONEBOT_ACCESS_TOKEN": settings.onebot_access_token, "ONEBOT_SECRET": settings.onebot_secret}
    missing = [key for key, value in secrets.items() if not value]
    if missing and not checks.is_this_machine(settings.host):
        raise DomainError("settings/open_transport", host=settings.host, missing=missing)
    open_to_others = not checks.is_this_machine(settings.host) or checks.in_the_clear(settings.onebot_ws_urls)
    for key, value in secrets.items():
        if value and open_to_others:
            checks.secret(key, value, str((environment_keys()[key].examples or [""])[0]))
    if not settings.onebot_access_token and (hosts := checks.in_the_clear(settings.onebot_ws_urls)):
        raise DomainError("settings/open_dialling", host=hosts[0])


def environment_keys() -> dict[str, FieldInfo]:
    """Every key of the environment, with its field."""
    return {_key(name): info for name, info in Settings.model_fields.items()}


def _key(field: str) -> str:
    alias = Settings.model_fields[field].validation_alias
    assert isinstance(alias, AliasChoices)
    return str(alias.choices[0])


def _explained(fault: Exception) -> DomainError:
    if not isinstance(fault, ValidationError):
        return DomainError("settings/unreadable")
    first = fault.errors()[0]
    key = str(first["loc"][0])
    info = environment_keys()[key]
    reason = first.get("ctx", {}).get("error")
    inner = reason.args[0] if isinstance(reason, ValueError) and reason.args else None
    plain = _SAYS.get(first["type"], "格式不对")
    words = say_error(inner).rstrip("。") if isinstance(inner, DomainError) else plain
    return DomainError("settings/value", key=key, fault=words, example=(info.examples or [""])[0])


_SAYS = {
    "bool_parsing": "应为 true 或 false",
    "int_parsing": "应为整数",
    "float_parsing": "应为数字",
    "greater_than_equal": "数值太小",
    "less_than_equal": "数值太大",
    "string_too_short": "不能为空",
    "string_pattern_mismatch": "不是可选的值之一",
}
