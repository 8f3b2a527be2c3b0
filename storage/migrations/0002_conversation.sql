-- The conversation: who sits in the group, what belongs to which incident, evidence in full, the whole life of one.

ALTER TABLE inbox ADD COLUMN sender BIGINT;
CREATE INDEX inbox_sender ON inbox (sender) WHERE state = 'waiting';

ALTER TABLE people ADD COLUMN badge INTEGER;
CREATE UNIQUE INDEX people_badge ON people (badge) WHERE badge IS NOT NULL;

ALTER TABLE roles ADD COLUMN expires_at TEXT;
ALTER TABLE roles ADD COLUMN scope TEXT;
ALTER TABLE roles ADD COLUMN ended_by TEXT REFERENCES people (id);
CREATE INDEX roles_expiring ON roles (expires_at) WHERE ended_at IS NULL AND expires_at IS NOT NULL;

ALTER TABLE invitations ADD COLUMN scope TEXT;
ALTER TABLE invitations ADD COLUMN role_days INTEGER;

CREATE TABLE proposals (
    id TEXT PRIMARY KEY,
    person TEXT NOT NULL REFERENCES people (id),
    role TEXT NOT NULL,
    scope TEXT,
    asked_by TEXT NOT NULL REFERENCES people (id),
    asked_at TEXT NOT NULL,
    expires_at TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('asked', 'agreed', 'refused')),
    decided_by TEXT REFERENCES people (id),
    decided_at TEXT
);
CREATE INDEX proposals_open ON proposals (person, role) WHERE state = 'asked';

CREATE TABLE role_events (
    number INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,
    at TEXT NOT NULL,
    actor TEXT,
    person TEXT NOT NULL,
    role TEXT NOT NULL,
    scope TEXT,
    expires_at TEXT,
    hash TEXT NOT NULL
);
CREATE INDEX role_events_person ON role_events (person, number);

CREATE TABLE seats (
    group_id TEXT NOT NULL REFERENCES groups (id),
    person TEXT NOT NULL REFERENCES people (id),
    present INTEGER NOT NULL,
    known_at TEXT NOT NULL,
    PRIMARY KEY (group_id, person)
);

ALTER TABLE groups ADD COLUMN sees_members INTEGER NOT NULL DEFAULT 0;
ALTER TABLE groups ADD COLUMN reactions INTEGER NOT NULL DEFAULT 1;

ALTER TABLE incidents ADD COLUMN severity TEXT;
ALTER TABLE incidents ADD COLUMN moved_at TEXT;
ALTER TABLE incidents ADD COLUMN moved_by TEXT REFERENCES people (id);
ALTER TABLE incidents ADD COLUMN ended_at TEXT;
ALTER TABLE incidents ADD COLUMN duplicate_of TEXT REFERENCES incidents (id);
CREATE INDEX incidents_duplicate ON incidents (duplicate_of) WHERE duplicate_of IS NOT NULL;

CREATE TABLE closings (
    incident TEXT PRIMARY KEY REFERENCES incidents (id),
    facts TEXT NOT NULL,
    damage BIGINT,
    closed_at TEXT NOT NULL,
    closed_by TEXT NOT NULL REFERENCES people (id)
);

CREATE TABLE referrals (
    id TEXT PRIMARY KEY,
    incident TEXT NOT NULL REFERENCES incidents (id),
    body TEXT NOT NULL,
    reason TEXT,
    made_by TEXT NOT NULL REFERENCES people (id),
    made_at TEXT NOT NULL,
    answer_by TEXT,
    state TEXT NOT NULL CHECK (state IN ('offered', 'accepted', 'returned', 'lapsed', 'outside')),
    answered_by TEXT REFERENCES people (id),
    answered_at TEXT
);
CREATE INDEX referrals_incident ON referrals (incident, made_at);
CREATE INDEX referrals_body ON referrals (body, state, made_at);
CREATE INDEX referrals_due ON referrals (answer_by) WHERE state = 'offered';

CREATE TABLE threads (
    recipient TEXT NOT NULL,
    telegram_id BIGINT NOT NULL,
    incident TEXT NOT NULL REFERENCES incidents (id),
    number INTEGER,
    delivery TEXT REFERENCES deliveries (id),
    at TEXT NOT NULL,
    PRIMARY KEY (recipient, telegram_id)
);
CREATE INDEX threads_delivery ON threads (delivery) WHERE delivery IS NOT NULL;
CREATE INDEX threads_incident ON threads (incident);

CREATE TABLE sayings (
    person TEXT NOT NULL REFERENCES people (id),
    telegram_id BIGINT NOT NULL,
    draft TEXT NOT NULL,
    question TEXT NOT NULL,
    words TEXT NOT NULL,
    album TEXT,
    origin TEXT,
    at TEXT NOT NULL,
    PRIMARY KEY (person, telegram_id)
);

CREATE TABLE strays (
    id TEXT PRIMARY KEY,
    person TEXT NOT NULL REFERENCES people (id),
    telegram_id BIGINT NOT NULL,
    words TEXT NOT NULL,
    origin TEXT,
    at TEXT NOT NULL
);
CREATE INDEX strays_person ON strays (person, id);
CREATE INDEX strays_age ON strays (at);

CREATE TABLE evidence_before AS SELECT * FROM evidence;
DROP TABLE evidence;
CREATE TABLE evidence (
    id TEXT PRIMARY KEY,
    person TEXT REFERENCES people (id),
    draft TEXT,
    stray TEXT,
    incident TEXT REFERENCES incidents (id),
    album TEXT,
    kind TEXT NOT NULL,
    file_id TEXT,
    name TEXT,
    mime TEXT,
    size BIGINT,
    state TEXT NOT NULL CHECK (state IN ('asked', 'waiting', 'stored', 'listed', 'failed')),
    consent TEXT REFERENCES consents (id),
    sent_at TEXT NOT NULL,
    due_at TEXT NOT NULL,
    lease_until TEXT,
    tries INTEGER NOT NULL,
    failure TEXT,
    sha256 TEXT,
    stored_at TEXT
);
INSERT INTO evidence (id, person, draft, incident, kind, file_id, size, state, consent, sent_at, due_at, tries)
    SELECT id, person, draft, incident, kind, file_id, size,
        CASE state WHEN 'kept' THEN 'waiting' ELSE state END, consent, sent_at, sent_at, 0
    FROM evidence_before;
DROP TABLE evidence_before;
CREATE INDEX evidence_draft ON evidence (draft) WHERE draft IS NOT NULL;
CREATE INDEX evidence_stray ON evidence (stray) WHERE stray IS NOT NULL;
CREATE INDEX evidence_incident ON evidence (incident, id);
CREATE INDEX evidence_person ON evidence (person);
CREATE INDEX evidence_consent ON evidence (consent) WHERE consent IS NOT NULL;
CREATE INDEX evidence_due ON evidence (due_at) WHERE state = 'waiting';
CREATE INDEX evidence_asked ON evidence (sent_at) WHERE state = 'asked';
CREATE INDEX evidence_hash ON evidence (sha256) WHERE sha256 IS NOT NULL;

CREATE TABLE discards (
    sha256 TEXT PRIMARY KEY
);

CREATE TABLE intake (
    person TEXT NOT NULL REFERENCES people (id),
    day TEXT NOT NULL,
    files INTEGER NOT NULL,
    bytes BIGINT NOT NULL,
    PRIMARY KEY (person, day)
);
CREATE INDEX intake_age ON intake (day);

CREATE TABLE refusals (
    telegram_id BIGINT NOT NULL,
    what TEXT NOT NULL,
    hour TEXT NOT NULL,
    count INTEGER NOT NULL,
    PRIMARY KEY (telegram_id, what, hour)
);
CREATE INDEX refusals_age ON refusals (hour);

ALTER TABLE cards ADD COLUMN view TEXT NOT NULL DEFAULT '';
ALTER TABLE drafts ADD COLUMN about TEXT REFERENCES incidents (id);
CREATE INDEX deliveries_sent ON deliveries (recipient, telegram_id) WHERE telegram_id IS NOT NULL;
