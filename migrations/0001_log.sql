-- The log of format 1.0 (schema/EVENT_LOG.md).
CREATE TABLE event (
    seq INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    claimed_at INTEGER,
    stream TEXT NOT NULL,
    type TEXT NOT NULL,
    origin TEXT NOT NULL,
    namespace TEXT NOT NULL,
    name TEXT NOT NULL,
    uid TEXT NOT NULL,
    resource_version TEXT NOT NULL,
    previous INTEGER,
    body TEXT NOT NULL,
    digest BLOB NOT NULL
) STRICT;
CREATE INDEX event_at ON event (at, claimed_at);
CREATE TABLE object (seq INTEGER PRIMARY KEY) STRICT;
CREATE TABLE cursor (
    stream TEXT PRIMARY KEY,
    resource_version TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE tail (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    seq INTEGER NOT NULL,
    digest BLOB NOT NULL,
    beginning INTEGER NOT NULL
) STRICT;
CREATE TABLE cut (
    seq INTEGER PRIMARY KEY,
    digest BLOB NOT NULL
) STRICT;
CREATE TABLE checkpoint (
    seq INTEGER PRIMARY KEY,
    digest BLOB NOT NULL,
    heads BLOB NOT NULL
) STRICT;
CREATE TABLE migration (
    number INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    at INTEGER NOT NULL
) STRICT;
PRAGMA application_id = 0x6e77616c;
PRAGMA user_version = 0x10000;
