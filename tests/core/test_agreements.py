"""When a second member of staff is needed, and what may be done to roles at all."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.access import Account, Principal, Role
from core.access.agreements import needs_second
from core.access.roles import propose_role, role_words
from core.errors import DomainError
from tests.cast import refusal

ANNA, BERT = Account("qq", "300400801"), Account("wecom", "ZhangSan")


class Centre:
    def __init__(self, *staff: tuple[Account, Role]) -> None:
        self.staff = list(staff)

    async def staff_list(self) -> list[tuple[Account, Role]]:
        return self.staff


def test_more_than_five_removals_need_a_second_person() -> None:
    assert [needs_second(count) for count in (0, 1, 5, 6, 200)] == [False, False, False, True, True]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("qq:10001 操作", (Account("qq", "10001"), Role.OPERATOR)),
        ("10001 查看", (Account("qq", "10001"), Role.VIEWER)),
        ("管理 QQ:10001", (Account("qq", "10001"), Role.ADMIN)),
        ("wecom:ZhangSan 无", (Account("wecom", "ZhangSan"), Role.NONE)),
        ("10001 viewer", (Account("qq", "10001"), Role.VIEWER)),
        ("10001 Operator", (Account("qq", "10001"), Role.OPERATOR)),
        ("10001 admin", (Account("qq", "10001"), Role.ADMIN)),
        ("10001 none", (Account("qq", "10001"), Role.NONE)),
        ("10001", (Account("qq", "10001"), None)),
    ],
)
def test_an_account_and_a_role_in_either_order(written: str, meant: tuple[Account, Role | None]) -> None:
    assert role_words(written.split()) == meant


@pytest.mark.parametrize(
    "written", ["操作", "1 操作", "qq:张三 操作", "10001 老板", "10001 操作 管理", "10001 10002 操作"]
)
def test_what_is_no_account_with_a_role(written: str) -> None:
    with pytest.raises(DomainError) as refused:
        role_words(written.split())
    assert (refused.value.key, refused.value.params) == ("access/role_form", {})


@given(st.lists(st.text(min_size=1), min_size=1, max_size=4))
def test_whatever_is_written_is_understood_or_refused(words: list[str]) -> None:
    try:
        account, role = role_words(words)
    except DomainError as refused:
        found = refused
    else:
        assert len(words) == 1 + (role is not None)
        assert Account.parse(str(account)) == account
        return
    assert (found.key, found.params) == ("access/role_form", {})


async def test_somebody_always_can_give_roles() -> None:
    """Whoever asks, even at the machine: the last administrator stays one."""
    machine = Principal(Account("cli", "local"), Role.ADMIN)
    centre = Centre((ANNA, Role.ADMIN), (BERT, Role.OPERATOR))
    for new in (Role.NONE, Role.OPERATOR):
        assert (await refusal(propose_role(centre, machine, ANNA, new))).key == "access/last_admin"  # type: ignore[arg-type]
    centre.staff[1] = (BERT, Role.ADMIN)
    assert (await propose_role(centre, machine, ANNA, Role.NONE)).old is Role.ADMIN  # type: ignore[arg-type]
