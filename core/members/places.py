"""What in a card is a place: a city, county or zone says where a unit is, and is none itself."""

import re
from typing import Final

from core.members.lists import alternatives, any_of, words


def _stems() -> str:
    """Longest first; a one-character county is told by its 县 only."""
    return "|".join(alternatives({name[:-1] if len(name) > 2 else name for name in words("anhui")}))


_NEAR: Final = rf"(?:安徽省|安徽|皖南|皖北|皖西|皖|(?:{_stems()})[市县区]?|{any_of('zones')})"
PLACE: Final = re.compile(_NEAR)
_PLACES: Final = re.compile(rf"(?:{_NEAR})+(?:[市县区])?")
_TOWN: Final = re.compile(rf"(?:{_NEAR})*(?:\w{{2,4}}(?:街道|社区|镇|乡|村|站))?")
_AWAY: Final = re.compile(rf"(?:{any_of('elsewhere')})(?!东?西?南?北?中?[路街巷村桥镇乡]|大道|氏|山庄)")


def is_place(piece: str) -> bool:
    """Nothing but a place: 阜阳, 太和县, 肥西县上派镇."""
    return bool(_PLACES.fullmatch(piece)) or bool(_TOWN.fullmatch(piece) and PLACE.match(piece))


def is_town(piece: str) -> bool:
    return bool(_TOWN.fullmatch(piece))


def after_places(text: str) -> str:
    """What follows the places that `text` begins with."""
    found = _PLACES.match(text)
    return text[found.end() :] if found else text


def is_at_home(text: str) -> bool:
    """Whether a place in the province is named."""
    return bool(PLACE.search(text))


def is_away(piece: str) -> bool:
    """Nothing but a place beyond the province."""
    return bool(_AWAY.fullmatch(piece.rstrip("省市")))


def is_elsewhere(text: str) -> bool:
    """Named after a place beyond the province and none in it: 南京鼓楼医院, not 北京路社区卫生服务站."""
    return bool(_AWAY.match(text)) and not PLACE.search(text)
