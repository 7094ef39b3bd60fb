"""Privacy over the wire once more, with the other database."""

from pathlib import Path

from tests.db.stores import Stores
from tests.e2e.centre import NOT_BOUND, NOT_HERE, opened
from tests.e2e.scene import FIRST, STAFF
from tests.e2e.year import OF_B, ONE, PASSER, PRETENDER, A, B


async def test_only_the_bound_see_their_own_lab(stores: Stores, tmp_path: Path) -> None:
    async with stores.fresh("postgresql") as database:
        address = database.writer.url.render_as_string(hide_password=False)
        async with opened(tmp_path, address, FIRST) as centre:
            for user, lab in ((ONE, A), (OF_B, B)):
                await centre.bind(user, lab, await centre.code_for(lab))
            await centre.confirmed("公布成绩 2025 第2次")
            assert "PT成绩 100，合格" in await centre.ask("成绩 2025 第2次", ONE)
            assert "PT成绩 60，不合格" in await centre.ask("成绩 2025 第2次", OF_B)
            assert await centre.ask("成绩 2025 第2次", PRETENDER) == NOT_BOUND
            assert await centre.ask("成绩", ONE, FIRST) == NOT_HERE.format("成绩")
            assert await centre.temporary("成绩", PASSER) == NOT_HERE.format("成绩")
            assert "PT成绩 100" in await centre.ask(f"单位 {A}", STAFF)
            await centre.qq.wait_shown("【成绩", group=FIRST)
            await centre.check()
