"""The step that brought known files and rules: what was there before gets both, and the step back takes them away."""

from pathlib import Path

from alembic import command
from sqlalchemy import text

from config.priority import load_rules
from engine.records.database import Database
from engine.records.intake import known_files, priority
from engine.records.migrations.upgrade import configuration
from engine.records.schema import Referral
from tests.engine.records.records_world import KEYS

OLDER = """
INSERT INTO units VALUES (1, 'unit', x'00', '2026-01-01');
INSERT INTO batches (id, actor, inputs, started_at, unit_id) VALUES (1, 'test', 1, '2026-01-01', 1);
INSERT INTO referrals (id, batch_id, state, state_since, lane, priority, source, content, version, report, received_at,
 unit_id) VALUES (1, 1, 'queued', '2026-01-01', 'normal', 90, 'a', 'b', 1, '{}', '2026-01-01', 1);
INSERT INTO media (id, address, sha256, size, kind, finding, passes, unit_id)
 VALUES (1, 'a', 'b', 7, 'image', 'pending', '[]', 1);
INSERT INTO referral_media (referral_id, media_id, version, name) VALUES (1, 1, 1, 'x.jpg')
"""


def to(database: Database, revision: str, *, back: bool = False) -> None:
    with database.write() as session:
        config = configuration()
        config.attributes["connection"] = session.connection()
        (command.downgrade if back else command.upgrade)(config, revision)


def test_what_was_there_is_put_in_order_and_gets_its_hashes(tmp_path: Path) -> None:
    database = Database.open(f"sqlite:///{tmp_path}/older.sqlite3").bind(KEYS, 1)
    to(database, "0016")
    with database.write() as session:
        for statement in OLDER.split(";"):
            session.execute(text(statement))
    to(database, "0017")
    to(database, "0016", back=True)
    database.migrate()
    rules = load_rules(None)
    with database.write() as session:
        assert [media.id for media in known_files.without_hashes(session, limit=5)] == [1]
        assert priority.due(session, rules) == [1]
        priority.settle(session, [1], rules)
        assert priority.due(session, rules) == []
        explained = priority.explain(session, session.get_one(Referral, 1))
        assert explained.given == 90
        assert explained.priority < 90
