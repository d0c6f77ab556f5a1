"""Must-show 3 of safety: the mail server is down for a day, acts go on, and afterwards every message arrives."""

from pathlib import Path

import pytest

from irt.assurance.verify import verify
from irt.migrate import newest
from tests.databases import fresh_sqlite
from tests.mail.conftest import Post
from tests.mail.day_without_mail import begun, cutting_post, lived, still_waiting


@pytest.mark.long(20)
def test_a_day_without_a_mail_server(database_url: str, shared_run: tuple[Path, str], tmp_path: Path) -> None:
    world = begun(database_url)
    with cutting_post() as post:
        counts = lived(world, post)
    assert (counts.runs_without_server, counts.sent_without_server) == (144, 0)
    assert (counts.missing, counts.unexpected, counts.copied_without_a_cut) == ((), (), ())
    assert counts.arrived == counts.expected >= 60
    assert counts.copies == counts.cut >= 10
    assert still_waiting(world) == 0
    assert verify(world.database, world.keys, world.vault, world.study, revision=newest()) == []
    folder = tmp_path / "with mail"
    folder.mkdir()
    other, with_mail = begun(fresh_sqlite(shared_run[0], folder).url), Post()
    try:
        undisturbed = lived(other, with_mail, down=False)
    finally:
        with_mail.stop()
    assert counts.acts == undisturbed.acts >= 60
    assert counts.chain == undisturbed.chain, "the same acts, entry by entry, as on a day with mail"
