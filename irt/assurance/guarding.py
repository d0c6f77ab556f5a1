"""The guards in the database itself, compared with what the mapped tables ask for, and the schema's revision."""

import re
from hashlib import md5

from sqlalchemy import Connection, text

from irt.assurance.findings import Findings, shown
from irt.gate import guards

ENABLED = "O"  # pg_trigger.tgenabled: fires in sessions of the ordinary kind
FUNCTION = re.compile(r"EXECUTE FUNCTION (\w+)")


def compare_guards(connection: Connection, findings: Findings) -> None:
    """Every guard is there, as it is laid, enabled, and no trigger is there that is none of ours."""
    found = guards.found(connection)
    dialect = connection.dialect.name
    expected = {guard.name: _definition(guard, dialect) for guard in guards.expected(dialect)}
    for name in sorted(expected.keys() | found.keys()):
        there = found.get(name)
        if name not in expected:
            findings.add("trigger", name, "no trigger but the guards", shown(there))
        elif there is None:
            findings.add("trigger", name, "a guard", "none")
        elif _plain(there) != _plain(expected[name]):
            findings.add("trigger", name, shown(expected[name]), shown(there))


def compare_revision(connection: Connection, findings: Findings, revision: str) -> None:
    """The schema is at the newest revision, and at no other."""
    versions = list(connection.execute(text("SELECT version_num FROM alembic_version")).scalars())
    if versions != [revision]:
        findings.add("alembic_version", revision, f"one row: {revision}", shown(versions))


def _definition(guard: guards.Guard, dialect: str) -> str:
    if dialect == "sqlite":
        return guard.statement
    named = FUNCTION.search(guard.statement)
    assert named, f"{guard.name} names no function"
    source = guards.FUNCTIONS[named[1]].split("$$")[1]
    return f"{guard.statement} {ENABLED} {md5(source.encode(), usedforsecurity=False).hexdigest()}"


def _plain(definition: str) -> str:
    """PostgreSQL names the schema of a table; spaces at the ends of words are nobody's."""
    return " ".join(re.sub(r" ON \w+\.", " ON ", definition).split())
