-- The picture of the whole schema; `migrations` is the road that leads to it, and a test proves that it does.

CREATE TABLE migrations (                    -- which files of the road have run
    number INTEGER PRIMARY KEY
);

-- The spine: what arrives, who is there, what happened, what goes out.
-- Times are UTC text of fixed width; ids are ours and sort by time; JSON is text; yes and no are 1 and 0.

CREATE TABLE inbox (
    id TEXT PRIMARY KEY,                     -- our own order of arrival: update_id restarts at random after a quiet week
    bot BIGINT NOT NULL,
    update_id BIGINT NOT NULL,
    chat BIGINT,                             -- within one chat updates are worked in order; NULL once settled
    received_at TEXT NOT NULL,
    body TEXT,                               -- masked before it is written; NULL once settled
    masked TEXT NOT NULL,                    -- kinds of secrets that were left out, joined by commas
    state TEXT NOT NULL CHECK (state IN ('waiting', 'done', 'dead')),
    tries INTEGER NOT NULL,
    not_before TEXT NOT NULL,
    reference TEXT,                          -- the number that the person was given when all tries failed
    UNIQUE (bot, update_id)
);
CREATE INDEX inbox_waiting ON inbox (chat, id) WHERE state = 'waiting';
CREATE INDEX inbox_order ON inbox (id) WHERE state = 'waiting';
CREATE INDEX inbox_received ON inbox (received_at);

CREATE TABLE people (                        -- the one place where a Telegram account is known; a row can be erased
    id TEXT PRIMARY KEY,
    telegram_id BIGINT UNIQUE,
    language TEXT NOT NULL,
    name TEXT,                               -- staff only
    phone TEXT,                              -- staff only, from Telegram's own contact button
    first_seen_at TEXT NOT NULL,
    unreachable_since TEXT
);

CREATE TABLE roles (
    person TEXT NOT NULL REFERENCES people (id),
    role TEXT NOT NULL,
    granted_at TEXT NOT NULL,
    granted_by TEXT REFERENCES people (id),
    ended_at TEXT,
    PRIMARY KEY (person, role, granted_at)
);
CREATE INDEX roles_now ON roles (role) WHERE ended_at IS NULL;

CREATE TABLE invitations (
    id TEXT PRIMARY KEY,
    token_hash TEXT NOT NULL UNIQUE,
    role TEXT NOT NULL,
    made_by TEXT NOT NULL REFERENCES people (id),
    made_at TEXT NOT NULL,
    expires_at TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('open', 'used', 'asked', 'confirmed', 'refused')),
    used_by TEXT REFERENCES people (id),
    name TEXT,
    phone TEXT,
    decided_by TEXT REFERENCES people (id),
    decided_at TEXT
);
CREATE INDEX invitations_used_by ON invitations (used_by, state);

CREATE TABLE groups (
    id TEXT PRIMARY KEY,
    telegram_id BIGINT NOT NULL UNIQUE,
    title TEXT,                              -- of bound groups only
    duty TEXT,                               -- 'team' while it is the response team's group
    bound_at TEXT,
    bound_by TEXT REFERENCES people (id),
    answered_at TEXT                         -- an unbound group is answered once a minute
);
CREATE UNIQUE INDEX groups_duty ON groups (duty) WHERE duty IS NOT NULL;

CREATE TABLE bindings (                      -- a replacement that waits for its confirmation in private
    id TEXT PRIMARY KEY,
    group_id TEXT NOT NULL REFERENCES groups (id),
    title TEXT NOT NULL,
    asked_by TEXT NOT NULL REFERENCES people (id),
    asked_at TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('asked', 'done', 'dropped'))
);

CREATE TABLE incidents (
    id TEXT PRIMARY KEY,
    code TEXT NOT NULL UNIQUE,
    form TEXT NOT NULL,
    source TEXT NOT NULL,
    kind TEXT NOT NULL,
    status TEXT NOT NULL,
    reporter TEXT REFERENCES people (id),
    anonymous INTEGER NOT NULL,
    incomplete INTEGER NOT NULL,             -- the mark "not enough is known yet"
    facts TEXT NOT NULL,                     -- the answers, without those about the reporter
    summary TEXT NOT NULL,                   -- fit for a group: masked, defanged, 200 characters at most
    owner TEXT REFERENCES people (id),
    filed_at TEXT NOT NULL,
    claimed_at TEXT,
    changed_at TEXT NOT NULL
);
CREATE INDEX incidents_queue ON incidents (status, filed_at);
CREATE INDEX incidents_reporter ON incidents (reporter, filed_at);
CREATE INDEX incidents_owner ON incidents (owner, status, filed_at);

CREATE TABLE drafts (
    id TEXT PRIMARY KEY,
    person TEXT NOT NULL UNIQUE REFERENCES people (id),
    form TEXT NOT NULL,
    at TEXT NOT NULL,
    answers TEXT NOT NULL,
    editing INTEGER NOT NULL,
    incident TEXT REFERENCES incidents (id), -- already filed; answers are now added to it
    touched_at TEXT NOT NULL,
    look_at TEXT NOT NULL                    -- when silence files it, or age erases it
);
CREATE INDEX drafts_look ON drafts (look_at);

CREATE TABLE consent_texts (                 -- the very words that people agreed to
    hash TEXT PRIMARY KEY,                   -- sha256 of the text
    text TEXT NOT NULL
);

CREATE TABLE consents (
    id TEXT PRIMARY KEY,
    person TEXT NOT NULL REFERENCES people (id),
    covers TEXT NOT NULL CHECK (covers IN ('contact', 'picture')),
    version TEXT NOT NULL,
    text_hash TEXT NOT NULL REFERENCES consent_texts (hash),
    language TEXT NOT NULL,
    given_at TEXT NOT NULL,
    withdrawn_at TEXT
);
CREATE INDEX consents_person ON consents (person, given_at);

CREATE TABLE contacts (                      -- who may be called about an incident; erased alone
    incident TEXT PRIMARY KEY REFERENCES incidents (id),
    consent TEXT NOT NULL REFERENCES consents (id),
    name TEXT,
    title TEXT,
    phone TEXT,
    email TEXT
);
CREATE INDEX contacts_consent ON contacts (consent);

CREATE TABLE evidence (                      -- what came with a story; fetched by a job of its own
    id TEXT PRIMARY KEY,
    person TEXT REFERENCES people (id),
    draft TEXT,
    incident TEXT REFERENCES incidents (id),
    kind TEXT NOT NULL,
    file_id TEXT NOT NULL,
    size BIGINT,
    state TEXT NOT NULL CHECK (state IN ('asked', 'kept')),
    consent TEXT REFERENCES consents (id),
    sent_at TEXT NOT NULL
);
CREATE INDEX evidence_draft ON evidence (draft);
CREATE INDEX evidence_incident ON evidence (incident);
CREATE INDEX evidence_person ON evidence (person);
CREATE INDEX evidence_consent ON evidence (consent) WHERE consent IS NOT NULL;

CREATE TABLE events (                        -- append-only; holds no personal data
    incident TEXT NOT NULL REFERENCES incidents (id),
    number INTEGER NOT NULL,
    kind TEXT NOT NULL,
    at TEXT NOT NULL,
    actor TEXT,                              -- our own random id of a person; NULL where the clock acted
    commitment TEXT NOT NULL,                -- sha256(salt + payload)
    hash TEXT NOT NULL,                      -- sha256(previous hash + this event with its commitment)
    PRIMARY KEY (incident, number)
);

CREATE TABLE event_payloads (                -- what an event says; may be erased, the chain still verifies
    incident TEXT NOT NULL,
    number INTEGER NOT NULL,
    salt TEXT NOT NULL,
    payload TEXT NOT NULL,
    PRIMARY KEY (incident, number),
    FOREIGN KEY (incident, number) REFERENCES events (incident, number)
);

CREATE TABLE counters (
    name TEXT PRIMARY KEY,
    value BIGINT NOT NULL
);

CREATE TABLE contact_points (                -- every published version is kept
    version INTEGER PRIMARY KEY,
    phones TEXT NOT NULL,
    email TEXT,
    hours TEXT NOT NULL,                     -- 'always', 'office' or the words themselves
    portal TEXT,
    published_on TEXT NOT NULL,
    entered_by TEXT REFERENCES people (id),
    entered_at TEXT NOT NULL
);

CREATE TABLE requests (                      -- what people ask about their own data
    id TEXT PRIMARY KEY,
    code TEXT NOT NULL UNIQUE,
    person TEXT NOT NULL REFERENCES people (id),
    want TEXT NOT NULL,
    details TEXT,
    made_at TEXT NOT NULL,
    reply_by TEXT NOT NULL,
    done_by TEXT NOT NULL
);
CREATE INDEX requests_person ON requests (person, made_at);

CREATE TABLE attempts (                      -- what somebody may do only so often
    id TEXT PRIMARY KEY,
    person TEXT NOT NULL REFERENCES people (id),
    what TEXT NOT NULL,
    at TEXT NOT NULL
);
CREATE INDEX attempts_recent ON attempts (person, what, at);
CREATE INDEX attempts_age ON attempts (at);

CREATE TABLE cards (                         -- live pictures: edited to the newest state, never queued
    id TEXT PRIMARY KEY,
    incident TEXT NOT NULL REFERENCES incidents (id),
    group_id TEXT NOT NULL REFERENCES groups (id),
    telegram_id BIGINT,
    wanted INTEGER NOT NULL,
    shown INTEGER NOT NULL,
    edit_at TEXT NOT NULL,
    UNIQUE (incident, group_id)
);
CREATE INDEX cards_homeless ON cards (group_id) WHERE telegram_id IS NULL;
CREATE INDEX cards_stale ON cards (edit_at) WHERE wanted > shown AND telegram_id IS NOT NULL;

CREATE TABLE messages (                      -- what is said, by name and values; rendered when it leaves
    id TEXT PRIMARY KEY,
    key TEXT NOT NULL,
    facts TEXT,                              -- its values; NULL once blanked
    buttons TEXT NOT NULL,
    extras TEXT NOT NULL,                    -- picture, contact key, protection
    about TEXT,                              -- the incident that it speaks of
    made_at TEXT NOT NULL,
    not_after TEXT
);
CREATE INDEX messages_about ON messages (about) WHERE about IS NOT NULL;
CREATE INDEX messages_ending ON messages (not_after) WHERE not_after IS NOT NULL;
CREATE INDEX messages_made ON messages (made_at) WHERE facts IS NOT NULL;

CREATE TABLE deliveries (                    -- a message on its way to one person or one group
    id TEXT PRIMARY KEY,
    message TEXT NOT NULL REFERENCES messages (id),
    recipient TEXT NOT NULL,                 -- people.id or groups.id
    stream TEXT NOT NULL,                    -- inside a stream order is kept
    lane INTEGER NOT NULL,
    op TEXT NOT NULL,
    card TEXT REFERENCES cards (id),
    target BIGINT,                           -- Telegram's id of the message that is edited or deleted
    after TEXT REFERENCES deliveries (id),   -- not before that one is sent; its id is then the target
    state TEXT NOT NULL,
    due_at TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    doubts INTEGER NOT NULL,                 -- how often Telegram may or may not have acted
    telegram_id BIGINT,
    failure TEXT,
    settled_at TEXT
);
CREATE INDEX deliveries_stream ON deliveries (stream, id) WHERE state IN ('waiting', 'sending');
CREATE INDEX deliveries_turn ON deliveries (lane, id) WHERE state = 'waiting';
CREATE INDEX deliveries_due ON deliveries (due_at) WHERE state = 'waiting';
CREATE INDEX deliveries_flying ON deliveries (id) WHERE state = 'sending';
CREATE INDEX deliveries_unsure ON deliveries (id) WHERE state = 'unsure';
CREATE INDEX deliveries_message ON deliveries (message);
CREATE INDEX deliveries_recipient ON deliveries (recipient);
CREATE INDEX deliveries_card ON deliveries (card) WHERE card IS NOT NULL;

CREATE TABLE marks (                         -- small facts of the installation: last tick, own name, hash of what was set
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL,
    at TEXT NOT NULL
);
