-- Agencies, who speaks for them, their information systems, and the duties that come round.

CREATE TABLE agencies (
    id TEXT PRIMARY KEY,
    code TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    name_key TEXT NOT NULL,
    kind TEXT NOT NULL,
    head TEXT,
    head_title TEXT,
    since TEXT,
    until TEXT,
    successor TEXT REFERENCES agencies (id),
    phones TEXT NOT NULL DEFAULT '[]',
    email TEXT,
    page TEXT,
    source TEXT,
    published_on TEXT,
    added_at TEXT NOT NULL,
    changed_at TEXT NOT NULL,
    laid INTEGER NOT NULL DEFAULT 0,
    lay_on TEXT
);
CREATE INDEX agencies_kind ON agencies (kind, name_key);
CREATE INDEX agencies_name ON agencies (name_key);
CREATE INDEX agencies_laid ON agencies (laid);
CREATE INDEX agencies_lay_on ON agencies (lay_on) WHERE lay_on IS NOT NULL;
CREATE INDEX agencies_changed ON agencies (changed_at);
CREATE INDEX agencies_successor ON agencies (successor) WHERE successor IS NOT NULL;

CREATE TABLE systems (
    id TEXT PRIMARY KEY,
    code TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    name_key TEXT NOT NULL,
    agency TEXT NOT NULL REFERENCES agencies (id),
    operator TEXT REFERENCES agencies (id),
    level INTEGER CHECK (level BETWEEN 1 AND 5),
    exposure TEXT NOT NULL,
    provider TEXT REFERENCES agencies (id),
    vendor TEXT,
    since TEXT,
    until TEXT,
    added_at TEXT NOT NULL,
    changed_at TEXT NOT NULL,
    laid INTEGER NOT NULL DEFAULT 0,
    lay_on TEXT
);
CREATE INDEX systems_agency ON systems (agency, name_key);
CREATE INDEX systems_operator ON systems (operator) WHERE operator IS NOT NULL;
CREATE INDEX systems_provider ON systems (provider) WHERE provider IS NOT NULL;
CREATE INDEX systems_laid ON systems (laid);
CREATE INDEX systems_lay_on ON systems (lay_on) WHERE lay_on IS NOT NULL;
CREATE INDEX systems_changed ON systems (changed_at);

CREATE TABLE system_tags (
    system TEXT NOT NULL REFERENCES systems (id),
    tag TEXT NOT NULL,
    tag_key TEXT NOT NULL,
    PRIMARY KEY (system, tag_key)
);
CREATE INDEX system_tags_tag ON system_tags (tag_key, system);

CREATE TABLE register_events (
    number INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,
    at TEXT NOT NULL,
    actor TEXT,
    agency TEXT REFERENCES agencies (id),
    system TEXT REFERENCES systems (id),
    details TEXT NOT NULL
);
CREATE INDEX register_events_agency ON register_events (agency, number);
CREATE INDEX register_events_system ON register_events (system, number) WHERE system IS NOT NULL;

CREATE TABLE imports (
    id TEXT PRIMARY KEY,
    person TEXT NOT NULL REFERENCES people (id),
    what TEXT NOT NULL CHECK (what IN ('agencies', 'systems')),
    name TEXT NOT NULL,
    file_id TEXT,
    content BLOB,
    findings TEXT,
    state TEXT NOT NULL CHECK (state IN ('waiting', 'ready', 'faulty', 'writing', 'done', 'dropped')),
    asked_at TEXT NOT NULL,
    due_at TEXT NOT NULL,
    tries INTEGER NOT NULL DEFAULT 0,
    settled_at TEXT
);
CREATE INDEX imports_due ON imports (due_at) WHERE state IN ('waiting', 'writing');
CREATE INDEX imports_person ON imports (person, asked_at);
CREATE INDEX imports_age ON imports (asked_at);
CREATE INDEX imports_follow ON imports (settled_at) WHERE state = 'done' AND findings IS NOT NULL;

CREATE TABLE enrolments (
    id TEXT PRIMARY KEY,
    person TEXT NOT NULL REFERENCES people (id),
    agency TEXT NOT NULL REFERENCES agencies (id),
    post TEXT NOT NULL CHECK (post IN ('officer', 'deputy', 'head')),
    name TEXT NOT NULL,
    title TEXT,
    phone TEXT,
    asked_at TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('asked', 'confirmed', 'refused', 'dropped')),
    decided_by TEXT REFERENCES people (id),
    decided_at TEXT
);
CREATE UNIQUE INDEX enrolments_open ON enrolments (person, agency) WHERE state = 'asked';
CREATE INDEX enrolments_asked ON enrolments (asked_at) WHERE state = 'asked';
CREATE INDEX enrolments_person ON enrolments (person, asked_at);

CREATE TABLE posts (
    id TEXT PRIMARY KEY,
    agency TEXT NOT NULL REFERENCES agencies (id),
    person TEXT NOT NULL REFERENCES people (id),
    post TEXT NOT NULL CHECK (post IN ('officer', 'deputy', 'head')),
    title TEXT,
    confirmed_at TEXT NOT NULL,
    confirmed_by TEXT REFERENCES people (id),
    pressed_at TEXT NOT NULL,
    affirmed_at TEXT NOT NULL,
    asked_at TEXT,
    red_since TEXT,
    look_at TEXT,
    ended_at TEXT,
    ended_by TEXT REFERENCES people (id)
);
CREATE UNIQUE INDEX posts_now ON posts (agency, person) WHERE ended_at IS NULL;
CREATE INDEX posts_person ON posts (person) WHERE ended_at IS NULL;
CREATE INDEX posts_look ON posts (look_at) WHERE look_at IS NOT NULL;

CREATE TABLE obligations (
    id TEXT PRIMARY KEY,
    rule TEXT NOT NULL,
    subject TEXT NOT NULL,
    agency TEXT NOT NULL REFERENCES agencies (id),
    system TEXT REFERENCES systems (id),
    round INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('open', 'submitted', 'waived', 'met', 'ended')),
    opened_on TEXT NOT NULL,
    happened_on TEXT,
    due_on TEXT,
    done_on TEXT,
    told INTEGER,
    received_at TEXT,
    snoozes INTEGER NOT NULL DEFAULT 0,
    quiet_until TEXT,
    look_at TEXT,
    UNIQUE (rule, subject)
);
CREATE INDEX obligations_look ON obligations (look_at, agency) WHERE look_at IS NOT NULL;
CREATE INDEX obligations_agency ON obligations (agency, state, due_on);
CREATE INDEX obligations_subject ON obligations (subject);
CREATE INDEX obligations_overdue ON obligations (due_on) WHERE state = 'open';

CREATE TABLE reminders (
    obligation TEXT NOT NULL REFERENCES obligations (id),
    round INTEGER NOT NULL,
    rung INTEGER NOT NULL,
    again INTEGER NOT NULL,
    person TEXT NOT NULL,
    at TEXT NOT NULL,
    sent TEXT,
    PRIMARY KEY (obligation, round, rung, again, person)
);
CREATE INDEX reminders_unsent ON reminders (person, obligation) WHERE sent IS NULL;
CREATE INDEX reminders_sent ON reminders (sent) WHERE sent IS NOT NULL;

CREATE TABLE submissions (
    id TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    agency TEXT NOT NULL REFERENCES agencies (id),
    person TEXT NOT NULL REFERENCES people (id),
    done_on TEXT NOT NULL,
    facts TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('submitted', 'accepted', 'returned', 'withdrawn')),
    submitted_at TEXT NOT NULL,
    decided_by TEXT REFERENCES people (id),
    decided_at TEXT,
    reason TEXT
);
CREATE INDEX submissions_waiting ON submissions (submitted_at) WHERE state = 'submitted';
CREATE INDEX submissions_agency ON submissions (agency, submitted_at);
CREATE INDEX submissions_person ON submissions (person, submitted_at);

CREATE TABLE submission_items (
    submission TEXT NOT NULL REFERENCES submissions (id),
    obligation TEXT NOT NULL REFERENCES obligations (id),
    round INTEGER NOT NULL,
    PRIMARY KEY (submission, obligation)
);
CREATE INDEX submission_items_obligation ON submission_items (obligation);

CREATE TABLE exemptions (
    id TEXT PRIMARY KEY,
    obligation TEXT NOT NULL REFERENCES obligations (id),
    reason TEXT NOT NULL,
    asked_by TEXT NOT NULL REFERENCES people (id),
    asked_at TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('asked', 'agreed', 'refused', 'lapsed')),
    decided_by TEXT REFERENCES people (id),
    decided_at TEXT,
    answer TEXT
);
CREATE UNIQUE INDEX exemptions_open ON exemptions (obligation) WHERE state = 'asked';
CREATE INDEX exemptions_asked ON exemptions (asked_at) WHERE state = 'asked';
CREATE INDEX exemptions_agreed ON exemptions (asked_at) WHERE state = 'agreed';
CREATE INDEX exemptions_obligation ON exemptions (obligation, asked_at);
CREATE INDEX exemptions_person ON exemptions (asked_by);

CREATE TABLE snoozes (
    obligation TEXT NOT NULL REFERENCES obligations (id),
    round INTEGER NOT NULL,
    number INTEGER NOT NULL,
    person TEXT NOT NULL REFERENCES people (id),
    at TEXT NOT NULL,
    until TEXT NOT NULL,
    reason TEXT NOT NULL,
    PRIMARY KEY (obligation, round, number)
);
CREATE INDEX snoozes_person ON snoozes (person);

CREATE TABLE coordinations (
    id TEXT PRIMARY KEY,
    code TEXT NOT NULL UNIQUE,
    agency TEXT NOT NULL REFERENCES agencies (id),
    incident TEXT REFERENCES incidents (id),
    words TEXT NOT NULL,
    due_at TEXT NOT NULL,
    asked_by TEXT NOT NULL REFERENCES people (id),
    asked_at TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('sent', 'received', 'done', 'refused', 'withdrawn')),
    received_at TEXT,
    received_by TEXT REFERENCES people (id),
    answered_at TEXT,
    answered_by TEXT REFERENCES people (id),
    answer TEXT,
    told TEXT NOT NULL DEFAULT '',
    look_at TEXT
);
CREATE INDEX coordinations_agency ON coordinations (agency, asked_at);
CREATE INDEX coordinations_incident ON coordinations (incident) WHERE incident IS NOT NULL;
CREATE INDEX coordinations_look ON coordinations (look_at) WHERE look_at IS NOT NULL;
CREATE INDEX coordinations_open ON coordinations (asked_at) WHERE state IN ('sent', 'received');
CREATE INDEX coordinations_asker ON coordinations (asked_by);
CREATE INDEX coordinations_receiver ON coordinations (received_by) WHERE received_by IS NOT NULL;
CREATE INDEX coordinations_answerer ON coordinations (answered_by) WHERE answered_by IS NOT NULL;

ALTER TABLE incidents ADD COLUMN agency TEXT REFERENCES agencies (id);
ALTER TABLE incidents ADD COLUMN system TEXT REFERENCES systems (id);
CREATE INDEX incidents_agency ON incidents (agency, filed_at) WHERE agency IS NOT NULL;
ALTER TABLE evidence ADD COLUMN submission TEXT REFERENCES submissions (id);
CREATE INDEX evidence_submission ON evidence (submission) WHERE submission IS NOT NULL;
