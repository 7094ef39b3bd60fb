"""「收到」 in people's words; it counts where it quotes a push of ours, and is a courtesy anywhere else;
and the other courtesies, which are left alone."""

import re

RECEIVED = "收到"  # name of the command
LONGEST = 40
# 晴川医院 已收到，谢谢老师; but 没有收到 and 什么时候能收到 are something else
_SAID = re.compile(
    r"[^没未不无能何怎哪谁几才吗么什?？]{0,30}(?:收[到悉]|知悉|已阅)(?:了|啦|啰)?(?:谢谢|多谢|感谢|辛苦)?(?:老师|您|大家|提醒|通知|了|啦)*"
)
# 老师好 and 您好 begin a talk and are answered
_COURTEOUS = re.compile(
    r"(?:(?:(?:老师|您|你们?|大家|各位)*(?:辛苦|受累|费心)|谢|多谢|感谢|非常感谢|十分感谢|太感谢|麻烦|打扰"
    r"|已?收[到悉]|已?知悉|已?阅|好[嘞咧滴哒勒]?|行|嗯[嗯呢]?|恩|哦|噢|喔|okk?|okay|thx|thanks?|知道|明白|了解|清楚|懂"
    r"|再见|拜拜|没事|没问题|不客气|抱拳|玫瑰|点赞|赞|强|比心|爱心|微笑|握手|哈哈|呵呵|嘿嘿|嘻嘻)"
    r"(?:老师|您|你|大家|们|的|了|啦|啰|咯|哈|呀|啊|哟|哇|呢)*)+",
    re.IGNORECASE,
)
_BETWEEN = re.compile(r"[^\w?？]|_")


def bare(text: str) -> str:
    """Without blanks, marks and faces, except question marks."""
    return _BETWEEN.sub("", text)


def acknowledges(text: str) -> bool:
    return len(text) <= LONGEST and _SAID.fullmatch(bare(text)) is not None


def is_courtesy(text: str) -> bool:
    """Nothing but thanks, marks and faces: 收到，谢谢老师; 好的👌; 🙏."""
    said = bare(text)
    return len(text) <= LONGEST and (not said or _COURTEOUS.fullmatch(said) is not None)
