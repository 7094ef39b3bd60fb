"""What is kept of people and of messages, and what becomes of it: the privacy page is written from this.

Every column of text is listed once, here or among the harmless ones; a test compares both with the database.
Columns of numbers and moments go or stay with the row they stand in.
"""

from dataclasses import dataclass
from enum import StrEnum


class Fate(StrEnum):
    STAYS = "stays"
    ROW = "the row goes"
    BLANK = "blanked"
    TOKEN = "replaced by what stands for nobody"


@dataclass(frozen=True, slots=True)
class Kept:
    """`person`: what happens when the person is forgotten, or has left all groups for EQABOT_KEEP_DEPARTED_DAYS.
    `message`: what happens after EQABOT_KEEP_MESSAGES_DAYS, once it is decided or can no longer be sent."""

    column: str
    holds: str
    person: Fate
    message: Fate = Fate.STAYS


_STAYS, _ROW, _BLANK, _TOKEN = Fate.STAYS, Fate.ROW, Fate.BLANK, Fate.TOKEN

KEPT = (
    # who is bound to a lab
    Kept("binding.account", "the account", _ROW),
    Kept("suspended_binding.account", "the account", _ROW),
    Kept("reminder_off.account", "who wants no reminders in private", _ROW),
    Kept(
        "binding_failure.account", "the account that tried a wrong code; gone at the first try an hour later", _ROW
    ),
    Kept("binding_code.issued_by", "the account of staff that issued it", _TOKEN),
    # who is in which group
    Kept("group_member.account", "the account", _ROW),
    Kept("group_member.card", "unit and name of the person", _ROW),
    Kept("group_member.nickname", "the nickname", _ROW),
    Kept("greeting.account", "who was welcomed or thanked in a group", _ROW),
    Kept("departure.account", "the account that is in no group any more", _ROW),
    # what people said to us
    Kept("request.account", "the asker", _BLANK),
    Kept("request.text", "what was asked", _BLANK, _BLANK),
    Kept("request.words", "what staff answered", _BLANK, _BLANK),
    Kept("request.decided_by", "the account of staff", _TOKEN),
    Kept("heard.account", "who answered 收到", _ROW),
    Kept("own_word.by", "who said 已报", _TOKEN),
    Kept("receipt.by", "who signed for samples", _TOKEN),
    Kept("confirmation.account", "who was asked for 确认", _ROW),
    Kept("confirmation.text", "the command that waits for it", _ROW, _ROW),
    # first applications; of one that waits only the QQ number goes at once, the rest when it is decided
    Kept("application.qq", "the applicant's QQ number", _TOKEN),
    Kept("application.contact", "the applicant's name", _BLANK),
    Kept("application.phone", "the applicant's telephone", _BLANK),
    Kept("application.email", "the applicant's address", _BLANK),
    # what was said to people
    Kept("push.facts", "words of a notice or an answer; the masked account in 新的绑定", _BLANK, _BLANK),
    Kept("push.targets", "accounts that one push is meant for", _BLANK),
    Kept("delivery.place_id", "the group, or the account, that it went to", _TOKEN),
    Kept("delivery.body", "what was sent", _BLANK, _BLANK),
    Kept("delivery.words", "what the platform said of it", _BLANK, _BLANK),
    Kept("delivery.message_id", "the platform's number of the message", _BLANK),
    Kept("attempt.words", "what the platform said of it", _BLANK, _BLANK),
    Kept("attempt.message_id", "the platform's number of the message", _BLANK),
    # staff: nobody who has a role is forgotten, first the role goes
    Kept("staff.account", "the account; until `eqabot staff remove`", _STAYS),
    Kept("agreement.account", "who asked for 同意", _TOKEN),
    Kept("agreement.decided_by", "who agreed", _TOKEN),
    Kept("agreement.text", "the command, which may name an account", _BLANK, _BLANK),
    Kept("agreement.summary", "what others were told of it", _BLANK, _BLANK),
    Kept("hold.by", "who held all sending", _TOKEN),
    Kept("hold.reason", "why; gone with 恢复推送", _BLANK),
    # the log: names are erased, the chain of the rest stays whole; those of former staff stay
    Kept("audit_log.actor", "who did it", _BLANK),
    Kept("audit_log.account", "whom it is about", _BLANK),
    Kept("audit_log.salt", "by which an erased name could be guessed", _BLANK),
    # the roster of labs: the centre's own, corrected by the next import
    Kept("lab.contact", "whom the centre calls up", _STAYS),
    Kept("lab.phone", "the lab's telephone", _STAYS),
    Kept("score.remark", "the centre's remark to a score", _STAYS),
)

# Columns of text that hold neither a person nor what somebody said.
HARMLESS = {
    "agreement": "channel place group_id digest state",
    "application": "unit name_key city county state",
    "attempt": "outcome",
    "audit_head": "hash",
    "audit_log": "action subject detail persons hash",
    "binding": "platform how",
    "binding_code": "digest",
    "certificate": "number state",
    "chat_group": "platform id name receives",
    "confirmation": "code place digest",
    "delivery": "channel place state instance",
    "departure": "platform",
    "enrolment": "state",
    "greeting": "platform group_id",
    "group_member": "platform group_id role",
    "heard": "platform",
    "import_batch": "kind source scope",
    "instance": "id",
    "lab": "code name name_key city county",
    "lab_name": "name name_key",
    "member_list": "platform group_id",
    "programme": "code name aliases plan_url",
    "push": "kind key state",
    "receipt": "state",
    "reminder_off": "platform",
    "request": "kind platform state place place_id",
    "round": "sample_nos plan_url state",
    "score": "analyte verdict",
    "score_distribution": "analyte",
    "staff": "platform",
    "staged_fact": "run kind programme_code lab_code analyte state words",
    "submission": "state",
    "suspended_binding": "platform how why",
}
