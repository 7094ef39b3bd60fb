"""What a failure of a mail server means: RFC 5321 says 4yz is for now and 5yz for good."""

import aiosmtplib

from core.pushes.states import Outcome

_BEFORE = (aiosmtplib.SMTPConnectError, aiosmtplib.SMTPConnectTimeoutError, aiosmtplib.SMTPNotSupported)


def classify(fault: Exception) -> tuple[Outcome, str]:
    """(outcome, words for staff); the server's own words stay out, they may name accounts."""
    if isinstance(fault, aiosmtplib.SMTPRecipientsRefused):
        return _by_code(max((one.code for one in fault.recipients), default=550))
    if isinstance(fault, aiosmtplib.SMTPConnectResponseError):
        return Outcome.NOT_SENT, f"邮件服务器未接受连接（{fault.code}）"
    if isinstance(fault, aiosmtplib.SMTPResponseException):
        return _by_code(fault.code)
    if isinstance(fault, _BEFORE):
        return Outcome.NOT_SENT, "连不上邮件服务器"
    return Outcome.UNKNOWN, "连接中断或超时"


def _by_code(code: int) -> tuple[Outcome, str]:
    if code in (530, 534, 535, 538):
        return Outcome.NOT_SENT, f"邮箱登录失败（{code}），请核对 EQABOT_SMTP_URL"
    if code >= 500:
        return Outcome.REFUSED, f"邮件服务器拒收（{code}）"
    return Outcome.NOT_SENT, f"邮件服务器暂不接收（{code}）"
