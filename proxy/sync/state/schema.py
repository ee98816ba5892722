"""The tables, migration by migration. `user_version` tells how many of them a file has."""

FIRST = """
CREATE TABLE events (
    id TEXT PRIMARY KEY, system TEXT NOT NULL, body BLOB NOT NULL, received_at REAL NOT NULL, state TEXT NOT NULL
) STRICT;
CREATE INDEX events_by_state ON events (system, state, received_at);
CREATE TABLE links (
    system TEXT NOT NULL, asset TEXT NOT NULL, product TEXT NOT NULL, slot TEXT NOT NULL, kind TEXT NOT NULL,
    code TEXT NOT NULL, attribute TEXT NOT NULL, fingerprint TEXT NOT NULL, fields TEXT NOT NULL,
    replaced_code TEXT NOT NULL, state TEXT NOT NULL, created_at REAL NOT NULL, updated_at REAL NOT NULL,
    PRIMARY KEY (system, asset, product, slot, kind)
) STRICT;
CREATE INDEX links_by_product ON links (system, kind, product, slot);
CREATE TABLE written (
    system TEXT NOT NULL, asset TEXT NOT NULL, value TEXT NOT NULL, read_at REAL NOT NULL,
    PRIMARY KEY (system, asset)
) STRICT;
CREATE TABLE attempts (
    id INTEGER PRIMARY KEY, at REAL NOT NULL, flow TEXT NOT NULL, system TEXT NOT NULL, asset TEXT NOT NULL,
    name TEXT NOT NULL, url TEXT NOT NULL, product TEXT NOT NULL, outcome TEXT, reason TEXT, part TEXT, expected TEXT
) STRICT;
CREATE INDEX attempts_by_time ON attempts (at);
CREATE INDEX attempts_by_asset ON attempts (system, asset, at);
CREATE TABLE runs (
    id INTEGER PRIMARY KEY, command TEXT NOT NULL, credential TEXT NOT NULL, started_at REAL NOT NULL,
    ended_at REAL, result TEXT, counts TEXT NOT NULL, words TEXT NOT NULL
) STRICT;
CREATE INDEX runs_by_command ON runs (command, credential, started_at);
CREATE TABLE leases (
    name TEXT PRIMARY KEY, owner TEXT NOT NULL, taken_at REAL NOT NULL, beat_at REAL NOT NULL
) STRICT;
CREATE TABLE reports (
    report TEXT NOT NULL, date TEXT NOT NULL, state TEXT NOT NULL, tries INTEGER NOT NULL,
    PRIMARY KEY (report, date)
) STRICT;
"""
SECOND = """
CREATE TABLE tombstones (
    system TEXT NOT NULL, asset TEXT NOT NULL, slot TEXT NOT NULL, code TEXT NOT NULL, PRIMARY KEY (system, asset)
) STRICT;
"""
THIRD = "ALTER TABLE links ADD COLUMN credential TEXT NOT NULL DEFAULT ''"
FOURTH = """
ALTER TABLE attempts ADD COLUMN credential TEXT NOT NULL DEFAULT '';
ALTER TABLE attempts ADD COLUMN arguments TEXT NOT NULL DEFAULT '[]';
ALTER TABLE attempts ADD COLUMN beside INTEGER NOT NULL DEFAULT 0;
ALTER TABLE leases ADD COLUMN steady_at REAL NOT NULL DEFAULT 0;
CREATE INDEX runs_by_time ON runs (started_at);
CREATE INDEX events_by_time ON events (received_at);
CREATE INDEX written_by_time ON written (read_at)
"""
MIGRATIONS = (FIRST, SECOND, THIRD, FOURTH)
