-- By the clock: severity, deadlines, duty, handover, storms, outbreaks, papers, search.

ALTER TABLE incidents ADD COLUMN proposed TEXT;
ALTER TABLE incidents ADD COLUMN detected_at TEXT;
ALTER TABLE incidents ADD COLUMN paused_until TEXT;
ALTER TABLE incidents ADD COLUMN tlp TEXT NOT NULL DEFAULT 'AMBER';
ALTER TABLE incidents ADD COLUMN look_at TEXT;
CREATE INDEX incidents_look ON incidents (look_at) WHERE look_at IS NOT NULL;
CREATE INDEX incidents_filed ON incidents (filed_at);

CREATE TABLE rungs (
    incident TEXT NOT NULL REFERENCES incidents (id),
    clock TEXT NOT NULL,
    round INTEGER NOT NULL,
    rung TEXT NOT NULL,
    at TEXT NOT NULL,
    people TEXT NOT NULL,
    PRIMARY KEY (incident, clock, round, rung)
);

CREATE TABLE unwatched (
    incident TEXT PRIMARY KEY REFERENCES incidents (id)
);
INSERT INTO unwatched (incident)
    SELECT id FROM incidents WHERE status IN ('new', 'claimed', 'working', 'waiting', 'resolved', 'referring');

CREATE TABLE shifts (
    id TEXT PRIMARY KEY,
    starts_at TEXT NOT NULL,
    ends_at TEXT NOT NULL,
    person TEXT REFERENCES people (id),
    planned_by TEXT REFERENCES people (id),
    planned_at TEXT NOT NULL,
    announced_at TEXT,
    called_at TEXT,
    acknowledged_at TEXT,
    climbed INTEGER NOT NULL DEFAULT 0,
    look_at TEXT,
    told TEXT REFERENCES people (id),
    tell_at TEXT,
    UNIQUE (starts_at)
);
CREATE INDEX shifts_tell ON shifts (tell_at) WHERE tell_at IS NOT NULL;
CREATE INDEX shifts_person ON shifts (person, starts_at) WHERE person IS NOT NULL;
CREATE INDEX shifts_look ON shifts (look_at) WHERE look_at IS NOT NULL;

CREATE TABLE swaps (
    id TEXT PRIMARY KEY,
    shift TEXT NOT NULL REFERENCES shifts (id),
    giver TEXT NOT NULL REFERENCES people (id),
    taker TEXT NOT NULL REFERENCES people (id),
    for_shift TEXT REFERENCES shifts (id),
    asked_at TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('asked', 'accepted', 'declined', 'lapsed')),
    answered_at TEXT
);
CREATE UNIQUE INDEX swaps_open ON swaps (shift, taker) WHERE state = 'asked';
CREATE INDEX swaps_return ON swaps (for_shift) WHERE state = 'asked';

CREATE TABLE handovers (
    id TEXT PRIMARY KEY,
    root TEXT NOT NULL,
    giver TEXT NOT NULL REFERENCES people (id),
    receiver TEXT NOT NULL REFERENCES people (id),
    asked_by TEXT NOT NULL REFERENCES people (id),
    note TEXT,
    whole INTEGER NOT NULL,
    asked_at TEXT NOT NULL,
    answer_by TEXT,
    state TEXT NOT NULL CHECK (state IN ('asked', 'accepted', 'declined', 'climbed', 'dropped')),
    answered_at TEXT
);
CREATE INDEX handovers_due ON handovers (answer_by) WHERE state = 'asked';
CREATE INDEX handovers_giver ON handovers (giver, asked_at);
CREATE INDEX handovers_root ON handovers (root);

CREATE TABLE handover_items (
    handover TEXT NOT NULL REFERENCES handovers (id),
    incident TEXT NOT NULL REFERENCES incidents (id),
    PRIMARY KEY (handover, incident)
);
CREATE INDEX handover_items_incident ON handover_items (incident);

CREATE TABLE digests (
    id TEXT PRIMARY KEY,
    group_id TEXT NOT NULL REFERENCES groups (id),
    kind TEXT NOT NULL CHECK (kind IN ('storm', 'emergency')),
    telegram_id BIGINT,
    opened_at TEXT NOT NULL,
    closed_at TEXT,
    page INTEGER NOT NULL DEFAULT 0,
    wanted INTEGER NOT NULL,
    shown INTEGER NOT NULL,
    edit_at TEXT NOT NULL
);
CREATE UNIQUE INDEX digests_open ON digests (group_id, kind) WHERE closed_at IS NULL;
CREATE INDEX digests_stale ON digests (edit_at) WHERE wanted > shown AND telegram_id IS NOT NULL;

CREATE TABLE digest_items (
    digest TEXT NOT NULL REFERENCES digests (id),
    incident TEXT NOT NULL REFERENCES incidents (id),
    said INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (digest, incident)
);
CREATE INDEX digest_items_incident ON digest_items (incident);
ALTER TABLE deliveries ADD COLUMN digest TEXT REFERENCES digests (id);
CREATE INDEX deliveries_digest ON deliveries (digest) WHERE digest IS NOT NULL;

CREATE TABLE indicators (
    incident TEXT NOT NULL REFERENCES incidents (id),
    kind TEXT NOT NULL CHECK (kind IN ('domain', 'url', 'phone', 'account', 'sha256')),
    value TEXT NOT NULL,
    at TEXT NOT NULL,
    PRIMARY KEY (incident, kind, value)
);
CREATE INDEX indicators_value ON indicators (kind, value, at);

CREATE TABLE ties (
    child TEXT NOT NULL REFERENCES incidents (id),
    parent TEXT NOT NULL REFERENCES incidents (id),
    tied_at TEXT NOT NULL,
    tied_by TEXT REFERENCES people (id),
    untied_at TEXT,
    PRIMARY KEY (child, parent, tied_at)
);
CREATE UNIQUE INDEX ties_now ON ties (child, parent) WHERE untied_at IS NULL;
CREATE INDEX ties_parent ON ties (parent, child) WHERE untied_at IS NULL;

CREATE TABLE offers (
    id TEXT PRIMARY KEY,
    incident TEXT NOT NULL REFERENCES incidents (id),
    other TEXT REFERENCES incidents (id),
    kind TEXT NOT NULL CHECK (kind IN ('merge', 'parent')),
    indicator TEXT NOT NULL,
    value TEXT NOT NULL,
    made_at TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('open', 'taken', 'dismissed', 'stale')),
    decided_by TEXT REFERENCES people (id),
    decided_at TEXT
);
CREATE INDEX offers_incident ON offers (incident, state);
CREATE INDEX offers_value ON offers (indicator, value, state);
CREATE INDEX offers_other ON offers (other) WHERE other IS NOT NULL;

CREATE TABLE sweeps (
    id TEXT PRIMARY KEY,
    what TEXT NOT NULL CHECK (what IN ('tie', 'close', 'tell')),
    incident TEXT NOT NULL REFERENCES incidents (id),
    person TEXT REFERENCES people (id),
    state TEXT NOT NULL,
    begun_at TEXT NOT NULL,
    after TEXT NOT NULL,
    due_at TEXT NOT NULL
);

CREATE TABLE enclosures (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    mime TEXT NOT NULL,
    content BLOB NOT NULL,
    made_at TEXT NOT NULL,
    delivery TEXT NOT NULL REFERENCES deliveries (id)
);
CREATE INDEX enclosures_age ON enclosures (made_at);

CREATE TABLE orders (
    id TEXT PRIMARY KEY,
    what TEXT NOT NULL,
    person TEXT NOT NULL REFERENCES people (id),
    incident TEXT REFERENCES incidents (id),
    details TEXT NOT NULL,
    ordered_at TEXT NOT NULL,
    due_at TEXT NOT NULL,
    tries INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('waiting', 'done', 'failed')),
    settled_at TEXT,
    notice TEXT REFERENCES deliveries (id)
);
CREATE INDEX orders_due ON orders (due_at) WHERE state = 'waiting';
CREATE INDEX orders_person ON orders (person, ordered_at);

CREATE TABLE papers (
    id TEXT PRIMARY KEY,
    incident TEXT NOT NULL REFERENCES incidents (id),
    form TEXT NOT NULL,
    number INTEGER NOT NULL,
    answers TEXT NOT NULL,
    head TEXT NOT NULL,
    made_by TEXT NOT NULL REFERENCES people (id),
    made_at TEXT NOT NULL
);
CREATE INDEX papers_incident ON papers (incident, form, number);

CREATE VIRTUAL TABLE search USING fts5 (shared, personal, tokenize = 'unicode61 remove_diacritics 0');
CREATE TABLE search_rows (
    number INTEGER PRIMARY KEY,
    incident TEXT NOT NULL UNIQUE REFERENCES incidents (id)
);
CREATE TABLE search_stale (
    incident TEXT PRIMARY KEY REFERENCES incidents (id),
    not_before TEXT
);
INSERT INTO search_stale (incident) SELECT id FROM incidents;
CREATE TABLE searches (
    id TEXT PRIMARY KEY,
    person TEXT NOT NULL REFERENCES people (id),
    query TEXT NOT NULL,
    words TEXT NOT NULL,
    made_at TEXT NOT NULL
);
CREATE INDEX searches_age ON searches (made_at);
CREATE INDEX searches_person ON searches (person);
CREATE INDEX events_ticks ON events (incident, number) WHERE kind IN ('ticked', 'unticked');
CREATE INDEX events_notes ON events (incident, number) WHERE kind = 'noted';
