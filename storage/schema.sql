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
    sender BIGINT,                           -- who sent it: a flood slows that person alone
    UNIQUE (bot, update_id)
);
CREATE INDEX inbox_waiting ON inbox (chat, id) WHERE state = 'waiting';
CREATE INDEX inbox_order ON inbox (id) WHERE state = 'waiting';
CREATE INDEX inbox_sender ON inbox (sender) WHERE state = 'waiting';
CREATE INDEX inbox_received ON inbox (received_at);

CREATE TABLE people (                        -- the one place where a Telegram account is known; a row can be erased
    id TEXT PRIMARY KEY,
    telegram_id BIGINT UNIQUE,
    language TEXT NOT NULL,
    name TEXT,                               -- staff only
    phone TEXT,                              -- staff only, from Telegram's own contact button
    first_seen_at TEXT NOT NULL,
    unreachable_since TEXT,
    badge INTEGER                            -- staff only: the number that reporters read instead of a name
);
CREATE UNIQUE INDEX people_badge ON people (badge) WHERE badge IS NOT NULL;

CREATE TABLE roles (
    person TEXT NOT NULL REFERENCES people (id),
    role TEXT NOT NULL,
    granted_at TEXT NOT NULL,
    granted_by TEXT REFERENCES people (id),
    ended_at TEXT,
    expires_at TEXT,                         -- of hired experts
    scope TEXT,                              -- of liaisons: the body that they speak for
    ended_by TEXT REFERENCES people (id),
    PRIMARY KEY (person, role, granted_at)
);
CREATE INDEX roles_now ON roles (role) WHERE ended_at IS NULL;
CREATE INDEX roles_expiring ON roles (expires_at) WHERE ended_at IS NULL AND expires_at IS NOT NULL;

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
    decided_at TEXT,
    scope TEXT,
    role_days INTEGER                        -- how long the role will last; NULL without an end
);
CREATE INDEX invitations_used_by ON invitations (used_by, state);

CREATE TABLE proposals (                     -- a grave role that a second administrator must agree to
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

CREATE TABLE role_events (                   -- append-only: who was given which role, by whom
    number INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,
    at TEXT NOT NULL,
    actor TEXT,
    person TEXT NOT NULL,
    role TEXT NOT NULL,
    scope TEXT,
    expires_at TEXT,
    hash TEXT NOT NULL                       -- sha256(previous hash + this event)
);
CREATE INDEX role_events_person ON role_events (person, number);

CREATE TABLE groups (
    id TEXT PRIMARY KEY,
    telegram_id BIGINT NOT NULL UNIQUE,
    title TEXT,                              -- of bound groups only
    duty TEXT,                               -- 'team' while it is the response team's group
    bound_at TEXT,
    bound_by TEXT REFERENCES people (id),
    answered_at TEXT,                        -- an unbound group is answered once a minute
    sees_members INTEGER NOT NULL DEFAULT 0, -- the bot is told who leaves: it is an administrator there
    reactions INTEGER NOT NULL DEFAULT 1     -- 0 once the group has refused one: a line on the card stands in
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

CREATE TABLE seats (                         -- who is in a group, as far as the bot knows
    group_id TEXT NOT NULL REFERENCES groups (id),
    person TEXT NOT NULL REFERENCES people (id),
    present INTEGER NOT NULL,
    known_at TEXT NOT NULL,
    PRIMARY KEY (group_id, person)
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
    changed_at TEXT NOT NULL,
    severity TEXT,                           -- the team's own scale; NULL while nobody has rated it
    moved_at TEXT,                           -- when and by whom the status was changed last
    moved_by TEXT REFERENCES people (id),
    ended_at TEXT,                           -- since when it is resolved or ended: the reporter may object for some days
    duplicate_of TEXT REFERENCES incidents (id),
    proposed TEXT,                           -- the severity that the answers suggest, until somebody confirms one
    detected_at TEXT,                        -- T0 of the legal clocks; NULL while nobody knows
    paused_until TEXT,                       -- the team's clocks rest until then; the law's never do
    tlp TEXT NOT NULL DEFAULT 'AMBER',       -- TLP 2.0 of FIRST
    look_at TEXT,                            -- when one of its clocks can change its answer; NULL once it has ended
    agency TEXT REFERENCES agencies (id),    -- for whom it was reported, where that is known
    system TEXT REFERENCES systems (id)
);
CREATE INDEX incidents_agency ON incidents (agency, filed_at) WHERE agency IS NOT NULL;
CREATE INDEX incidents_look ON incidents (look_at) WHERE look_at IS NOT NULL;
CREATE INDEX incidents_filed ON incidents (filed_at);
CREATE INDEX incidents_queue ON incidents (status, filed_at);
CREATE INDEX incidents_reporter ON incidents (reporter, filed_at);
CREATE INDEX incidents_owner ON incidents (owner, status, filed_at);
CREATE INDEX incidents_duplicate ON incidents (duplicate_of) WHERE duplicate_of IS NOT NULL;

CREATE TABLE closings (                      -- the core of form 04 and what the statistics need
    incident TEXT PRIMARY KEY REFERENCES incidents (id),
    facts TEXT NOT NULL,
    damage BIGINT,                           -- in dong
    closed_at TEXT NOT NULL,
    closed_by TEXT NOT NULL REFERENCES people (id)
);

CREATE TABLE referrals (                     -- offered to another body, and what it said
    id TEXT PRIMARY KEY,
    incident TEXT NOT NULL REFERENCES incidents (id),
    body TEXT NOT NULL,                      -- key of the policy's list
    reason TEXT,
    made_by TEXT NOT NULL REFERENCES people (id),
    made_at TEXT NOT NULL,
    answer_by TEXT,                          -- unanswered by then it comes back to the team
    state TEXT NOT NULL CHECK (state IN ('offered', 'accepted', 'returned', 'lapsed', 'outside')),
    answered_by TEXT REFERENCES people (id),
    answered_at TEXT
);
CREATE INDEX referrals_incident ON referrals (incident, made_at);
CREATE INDEX referrals_body ON referrals (body, state, made_at);
CREATE INDEX referrals_due ON referrals (answer_by) WHERE state = 'offered';

CREATE TABLE drafts (
    id TEXT PRIMARY KEY,
    person TEXT NOT NULL UNIQUE REFERENCES people (id),
    form TEXT NOT NULL,
    at TEXT NOT NULL,
    answers TEXT NOT NULL,
    editing INTEGER NOT NULL,
    incident TEXT REFERENCES incidents (id), -- already filed; answers are now added to it
    touched_at TEXT NOT NULL,
    look_at TEXT NOT NULL,                   -- when silence files it, or age erases it
    about TEXT REFERENCES incidents (id)     -- the incident that a form of the team speaks of
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

CREATE TABLE evidence (                      -- what came with a story or with a message
    id TEXT PRIMARY KEY,
    person TEXT REFERENCES people (id),
    draft TEXT,
    stray TEXT,                              -- a message whose incident is not known yet
    incident TEXT REFERENCES incidents (id),
    album TEXT,                              -- Telegram's media_group_id: one piece of several files
    kind TEXT NOT NULL,
    file_id TEXT,                            -- Telegram's name for it
    name TEXT,                               -- as the sender called it, masked
    mime TEXT,
    size BIGINT,
    -- asked: the notice awaits its answer; listed: never fetched, only name, size and type are kept
    state TEXT NOT NULL CHECK (state IN ('asked', 'waiting', 'stored', 'listed', 'failed')),
    consent TEXT REFERENCES consents (id),
    sent_at TEXT NOT NULL,
    due_at TEXT NOT NULL,
    lease_until TEXT,                        -- somebody is fetching it
    tries INTEGER NOT NULL,
    failure TEXT,
    sha256 TEXT,                             -- of the content, and the name of the file on disk
    stored_at TEXT,
    submission TEXT REFERENCES submissions (id) -- what it shows to have been done
);
CREATE INDEX evidence_submission ON evidence (submission) WHERE submission IS NOT NULL;
CREATE INDEX evidence_draft ON evidence (draft) WHERE draft IS NOT NULL;
CREATE INDEX evidence_stray ON evidence (stray) WHERE stray IS NOT NULL;
CREATE INDEX evidence_incident ON evidence (incident, id);
CREATE INDEX evidence_person ON evidence (person);
CREATE INDEX evidence_consent ON evidence (consent) WHERE consent IS NOT NULL;
CREATE INDEX evidence_due ON evidence (due_at) WHERE state = 'waiting';
CREATE INDEX evidence_asked ON evidence (sent_at) WHERE state = 'asked';
CREATE INDEX evidence_hash ON evidence (sha256) WHERE sha256 IS NOT NULL;

CREATE TABLE discards (                      -- files of erased evidence, to be removed from the disk
    sha256 TEXT PRIMARY KEY
);

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
CREATE INDEX events_ticks ON events (incident, number) WHERE kind IN ('ticked', 'unticked');
CREATE INDEX events_notes ON events (incident, number) WHERE kind = 'noted';

CREATE TABLE event_payloads (                -- what an event says; salt and payload are emptied to erase it, the chain still verifies
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
    view TEXT NOT NULL DEFAULT '',           -- which of its keyboards is unfolded
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
    settled_at TEXT,
    digest TEXT REFERENCES digests (id)
);
CREATE INDEX deliveries_digest ON deliveries (digest) WHERE digest IS NOT NULL;
CREATE INDEX deliveries_stream ON deliveries (stream, id) WHERE state IN ('waiting', 'sending');
CREATE INDEX deliveries_turn ON deliveries (lane, id) WHERE state = 'waiting';
CREATE INDEX deliveries_due ON deliveries (due_at) WHERE state = 'waiting';
CREATE INDEX deliveries_flying ON deliveries (id) WHERE state = 'sending';
CREATE INDEX deliveries_unsure ON deliveries (id) WHERE state = 'unsure';
CREATE INDEX deliveries_message ON deliveries (message);
CREATE INDEX deliveries_recipient ON deliveries (recipient);
CREATE INDEX deliveries_sent ON deliveries (recipient, telegram_id) WHERE telegram_id IS NOT NULL;
CREATE INDEX deliveries_card ON deliveries (card) WHERE card IS NOT NULL;

CREATE TABLE threads (                       -- which message of people belongs to which incident: a row, never read back from text
    recipient TEXT NOT NULL,                 -- people.id or groups.id of the chat
    telegram_id BIGINT NOT NULL,
    incident TEXT NOT NULL REFERENCES incidents (id),
    number INTEGER,                          -- the event that keeps what it says
    delivery TEXT REFERENCES deliveries (id), -- where it went on to
    at TEXT NOT NULL,
    PRIMARY KEY (recipient, telegram_id)
);
CREATE INDEX threads_delivery ON threads (delivery) WHERE delivery IS NOT NULL;
CREATE INDEX threads_incident ON threads (incident);

CREATE TABLE sayings (                       -- which message said what for an open form: an edit changes its own words
    person TEXT NOT NULL REFERENCES people (id),
    telegram_id BIGINT NOT NULL,
    draft TEXT NOT NULL,
    question TEXT NOT NULL,
    words TEXT NOT NULL,
    album TEXT,
    origin TEXT,                             -- whom it was sent on from, and when
    at TEXT NOT NULL,
    PRIMARY KEY (person, telegram_id)
);

CREATE TABLE strays (                        -- what was sent while it is not known to which incident it belongs
    id TEXT PRIMARY KEY,
    person TEXT NOT NULL REFERENCES people (id),
    telegram_id BIGINT NOT NULL,
    words TEXT NOT NULL,
    origin TEXT,                             -- whom it was sent on from, and when
    at TEXT NOT NULL
);
CREATE INDEX strays_person ON strays (person, id);
CREATE INDEX strays_age ON strays (at);

CREATE TABLE intake (                        -- files of one person in one day
    person TEXT NOT NULL REFERENCES people (id),
    day TEXT NOT NULL,
    files INTEGER NOT NULL,
    bytes BIGINT NOT NULL,
    PRIMARY KEY (person, day)
);
CREATE INDEX intake_age ON intake (day);

CREATE TABLE refusals (                      -- messages that were refused unstored: counted by the hour
    telegram_id BIGINT NOT NULL,
    what TEXT NOT NULL,
    hour TEXT NOT NULL,
    count INTEGER NOT NULL,
    PRIMARY KEY (telegram_id, what, hour)
);
CREATE INDEX refusals_age ON refusals (hour);

CREATE TABLE marks (                         -- small facts of the installation: last tick, own name, hash of what was set
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL,
    at TEXT NOT NULL
);

CREATE TABLE rungs (                         -- who was told that a clock runs out, once a rung
    incident TEXT NOT NULL REFERENCES incidents (id),
    clock TEXT NOT NULL,
    round INTEGER NOT NULL,
    rung TEXT NOT NULL,
    at TEXT NOT NULL,
    people TEXT NOT NULL,                    -- JSON: ids of those who were told; [] where the rung was empty
    PRIMARY KEY (incident, clock, round, rung)
);

CREATE TABLE unwatched (                     -- open since before deadlines were watched, and not looked at since
    incident TEXT PRIMARY KEY REFERENCES incidents (id)
);

CREATE TABLE shifts (                        -- the duty rota; a shift without a person is empty
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
    told TEXT REFERENCES people (id),        -- who was told last that it is theirs
    tell_at TEXT,                            -- when a change is told, all changes of a while together
    UNIQUE (starts_at)
);
CREATE INDEX shifts_tell ON shifts (tell_at) WHERE tell_at IS NOT NULL;
CREATE INDEX shifts_person ON shifts (person, starts_at) WHERE person IS NOT NULL;
CREATE INDEX shifts_look ON shifts (look_at) WHERE look_at IS NOT NULL;

CREATE TABLE swaps (                         -- one gives a shift, another takes it, perhaps for one of theirs
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

CREATE TABLE handovers (                     -- until it is accepted the giver stays responsible
    id TEXT PRIMARY KEY,
    root TEXT NOT NULL,                     -- the first offer of the same work: what climbs or is passed on keeps it
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

CREATE TABLE handover_items (                -- the incidents of a handover
    handover TEXT NOT NULL REFERENCES handovers (id),
    incident TEXT NOT NULL REFERENCES incidents (id),
    PRIMARY KEY (handover, incident)
);
CREATE INDEX handover_items_incident ON handover_items (incident);

CREATE TABLE digests (                       -- one rolling card for the many reports of a storm
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

CREATE TABLE digest_items (                  -- what a digest lists
    digest TEXT NOT NULL REFERENCES digests (id),
    incident TEXT NOT NULL REFERENCES incidents (id),
    said INTEGER NOT NULL DEFAULT 0,          -- marked since, where no line under a card tells it
    PRIMARY KEY (digest, incident)
);
CREATE INDEX digest_items_incident ON digest_items (incident);

CREATE TABLE indicators (                    -- what leads from one incident to another; erased with what people said
    incident TEXT NOT NULL REFERENCES incidents (id),
    kind TEXT NOT NULL CHECK (kind IN ('domain', 'url', 'phone', 'account', 'sha256')),
    value TEXT NOT NULL,
    at TEXT NOT NULL,
    PRIMARY KEY (incident, kind, value)
);
CREATE INDEX indicators_value ON indicators (kind, value, at);

CREATE TABLE ties (                          -- a child belongs to an outbreak; it may belong to several
    child TEXT NOT NULL REFERENCES incidents (id),
    parent TEXT NOT NULL REFERENCES incidents (id),
    tied_at TEXT NOT NULL,
    tied_by TEXT REFERENCES people (id),
    untied_at TEXT,
    PRIMARY KEY (child, parent, tied_at)
);
CREATE UNIQUE INDEX ties_now ON ties (child, parent) WHERE untied_at IS NULL;
CREATE INDEX ties_parent ON ties (parent, child) WHERE untied_at IS NULL;

CREATE TABLE offers (                        -- what the bot suggests when indicators meet; a person decides
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

CREATE TABLE sweeps (                        -- work on many incidents that one decision has set off, until it is done
    id TEXT PRIMARY KEY,
    what TEXT NOT NULL CHECK (what IN ('tie', 'close', 'tell')),
    incident TEXT NOT NULL REFERENCES incidents (id),
    person TEXT REFERENCES people (id),
    state TEXT NOT NULL,                     -- JSON: what the work needs to remember
    begun_at TEXT NOT NULL,
    after TEXT NOT NULL,                     -- the incident that was done last; '' at the beginning
    due_at TEXT NOT NULL                     -- later than now only where its last step failed
);

CREATE TABLE enclosures (                    -- files that we made, until they have left
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    mime TEXT NOT NULL,
    content BLOB NOT NULL,
    made_at TEXT NOT NULL,
    delivery TEXT NOT NULL REFERENCES deliveries (id)    -- that carries it; settled, the row goes
);
CREATE INDEX enclosures_age ON enclosures (made_at);

CREATE TABLE orders (                        -- files that somebody waits for; made outside of any transaction
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
    notice TEXT REFERENCES deliveries (id)                 -- that says that it is being made
);
CREATE INDEX orders_due ON orders (due_at) WHERE state = 'waiting';
CREATE INDEX orders_person ON orders (person, ordered_at);

CREATE TABLE papers (                        -- official papers that were made: their answers, and the head of the chain that they print
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

CREATE TABLE agencies (                      -- agencies, providers and the team itself; never deleted
    id TEXT PRIMARY KEY,
    code TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    name_key TEXT NOT NULL,                  -- for finding: small letters without marks
    kind TEXT NOT NULL,
    head TEXT,                               -- who is responsible, by name
    head_title TEXT,
    since TEXT,                              -- days of effect; NULL: from always, or still
    until TEXT,
    successor TEXT REFERENCES agencies (id), -- into which it was merged
    phones TEXT NOT NULL DEFAULT '[]',       -- the published contact point: JSON
    email TEXT,
    page TEXT,
    source TEXT,                             -- where and on which day it was published
    published_on TEXT,
    added_at TEXT NOT NULL,
    changed_at TEXT NOT NULL,
    laid INTEGER NOT NULL DEFAULT 0,          -- under which version of the rules its obligations were laid; 0: to be laid anew
    lay_on TEXT                              -- the next day on which it begins or ends
);
CREATE INDEX agencies_kind ON agencies (kind, name_key);
CREATE INDEX agencies_name ON agencies (name_key);
CREATE INDEX agencies_laid ON agencies (laid);
CREATE INDEX agencies_lay_on ON agencies (lay_on) WHERE lay_on IS NOT NULL;
CREATE INDEX agencies_changed ON agencies (changed_at);
CREATE INDEX agencies_successor ON agencies (successor) WHERE successor IS NOT NULL;

CREATE TABLE systems (                       -- information systems; never deleted
    id TEXT PRIMARY KEY,
    code TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    name_key TEXT NOT NULL,
    agency TEXT NOT NULL REFERENCES agencies (id), -- the owner
    operator TEXT REFERENCES agencies (id),  -- who runs it, where that is another one
    level INTEGER CHECK (level BETWEEN 1 AND 5), -- NULL: nobody has determined it, and nobody guesses
    exposure TEXT NOT NULL,
    provider TEXT REFERENCES agencies (id),  -- its Internet provider
    vendor TEXT,
    since TEXT,
    until TEXT,
    added_at TEXT NOT NULL,
    changed_at TEXT NOT NULL,
    laid INTEGER NOT NULL DEFAULT 0,
    lay_on TEXT                              -- the next day on which it begins or ends
);
CREATE INDEX systems_agency ON systems (agency, name_key);
CREATE INDEX systems_operator ON systems (operator) WHERE operator IS NOT NULL;
CREATE INDEX systems_provider ON systems (provider) WHERE provider IS NOT NULL;
CREATE INDEX systems_laid ON systems (laid);
CREATE INDEX systems_lay_on ON systems (lay_on) WHERE lay_on IS NOT NULL;
CREATE INDEX systems_changed ON systems (changed_at);

CREATE TABLE system_tags (                   -- technologies, so that an advisory finds who uses them
    system TEXT NOT NULL REFERENCES systems (id),
    tag TEXT NOT NULL,
    tag_key TEXT NOT NULL,
    PRIMARY KEY (system, tag_key)
);
CREATE INDEX system_tags_tag ON system_tags (tag_key, system);

CREATE TABLE register_events (               -- append-only: who changed what in the register
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

CREATE TABLE imports (                       -- tables that somebody sent: read in full before anything is written
    id TEXT PRIMARY KEY,
    person TEXT NOT NULL REFERENCES people (id),
    what TEXT NOT NULL CHECK (what IN ('agencies', 'systems')),
    name TEXT NOT NULL,
    file_id TEXT,
    content BLOB,                            -- emptied once settled
    findings TEXT,                           -- JSON: the fate of the rows
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

CREATE TABLE enrolments (                    -- somebody says that they speak for an agency; the department decides
    id TEXT PRIMARY KEY,
    person TEXT NOT NULL REFERENCES people (id),
    agency TEXT NOT NULL REFERENCES agencies (id),
    post TEXT NOT NULL CHECK (post IN ('officer', 'deputy', 'head')),
    name TEXT NOT NULL,
    title TEXT,
    phone TEXT,                              -- from Telegram's own contact button
    asked_at TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('asked', 'confirmed', 'refused', 'dropped')),
    decided_by TEXT REFERENCES people (id),
    decided_at TEXT
);
CREATE UNIQUE INDEX enrolments_open ON enrolments (person, agency) WHERE state = 'asked';
CREATE INDEX enrolments_asked ON enrolments (asked_at) WHERE state = 'asked';
CREATE INDEX enrolments_person ON enrolments (person, asked_at);

CREATE TABLE posts (                         -- who speaks for an agency, confirmed by the department
    id TEXT PRIMARY KEY,
    agency TEXT NOT NULL REFERENCES agencies (id),
    person TEXT NOT NULL REFERENCES people (id),
    post TEXT NOT NULL CHECK (post IN ('officer', 'deputy', 'head')),
    title TEXT,
    confirmed_at TEXT NOT NULL,
    confirmed_by TEXT REFERENCES people (id),
    pressed_at TEXT NOT NULL,                -- when they did anything here last
    affirmed_at TEXT NOT NULL,               -- when they said last that they are still in charge
    asked_at TEXT,                           -- since when they are asked whether they still are
    red_since TEXT,                          -- out of reach: blocked, left, or silent for long
    look_at TEXT,
    ended_at TEXT,
    ended_by TEXT REFERENCES people (id)
);
CREATE UNIQUE INDEX posts_now ON posts (agency, person) WHERE ended_at IS NULL;
CREATE INDEX posts_person ON posts (person) WHERE ended_at IS NULL;
CREATE INDEX posts_look ON posts (look_at) WHERE look_at IS NOT NULL;

CREATE TABLE obligations (                   -- one row for each rule and each system or agency that it is about; history is in submissions
    id TEXT PRIMARY KEY,
    rule TEXT NOT NULL,
    subject TEXT NOT NULL,                   -- systems.id or agencies.id
    agency TEXT NOT NULL REFERENCES agencies (id),
    system TEXT REFERENCES systems (id),
    round INTEGER NOT NULL,                  -- counts the periods: ledgers of one period say nothing about the next
    state TEXT NOT NULL CHECK (state IN ('open', 'submitted', 'waived', 'met', 'ended')),
    opened_on TEXT NOT NULL,                 -- when this round was written down (or ended); moved by what a reviewer took
    happened_on TEXT,                        -- what set it off: nothing that was done before counts
    due_on TEXT,                             -- the last day, in Ha Noi; NULL: nothing is owed until something happens
    done_on TEXT,
    told INTEGER,                            -- days from the due day of the last rung that was told
    received_at TEXT,                        -- somebody has seen the reminder: quiet until the next rung
    snoozes INTEGER NOT NULL DEFAULT 0,
    quiet_until TEXT,                        -- put off by the officer; who is above is told all the same
    look_at TEXT,                            -- when its next rung is told; NULL while nobody is to be reminded
    UNIQUE (rule, subject)
);
CREATE INDEX obligations_look ON obligations (look_at, agency) WHERE look_at IS NOT NULL;
CREATE INDEX obligations_agency ON obligations (agency, state, due_on);
CREATE INDEX obligations_subject ON obligations (subject);
CREATE INDEX obligations_overdue ON obligations (due_on) WHERE state = 'open';

CREATE TABLE reminders (                     -- the ledger: who is to hear of which rung, once; unsent rows are the next digest
    obligation TEXT NOT NULL REFERENCES obligations (id),
    round INTEGER NOT NULL,
    rung INTEGER NOT NULL,
    again INTEGER NOT NULL,                  -- how often it had been put off
    person TEXT NOT NULL,                    -- people.id, or 'department' for its list
    at TEXT NOT NULL,
    sent TEXT,                               -- the delivery that tells it
    PRIMARY KEY (obligation, round, rung, again, person)
);
CREATE INDEX reminders_unsent ON reminders (person, obligation) WHERE sent IS NULL;
CREATE INDEX reminders_sent ON reminders (sent) WHERE sent IS NOT NULL;

CREATE TABLE submissions (                   -- what agencies say that they have done; somebody judges it
    id TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    agency TEXT NOT NULL REFERENCES agencies (id),
    person TEXT NOT NULL REFERENCES people (id),
    done_on TEXT NOT NULL,
    facts TEXT NOT NULL,                     -- date, who, number of the document, counts; never the details of a hole
    state TEXT NOT NULL CHECK (state IN ('submitted', 'accepted', 'returned', 'withdrawn')),
    submitted_at TEXT NOT NULL,
    decided_by TEXT REFERENCES people (id),
    decided_at TEXT,
    reason TEXT
);
CREATE INDEX submissions_waiting ON submissions (submitted_at) WHERE state = 'submitted';
CREATE INDEX submissions_agency ON submissions (agency, submitted_at);
CREATE INDEX submissions_person ON submissions (person, submitted_at);

CREATE TABLE submission_items (              -- which obligations one submission answers
    submission TEXT NOT NULL REFERENCES submissions (id),
    obligation TEXT NOT NULL REFERENCES obligations (id),
    round INTEGER NOT NULL,
    PRIMARY KEY (submission, obligation)
);
CREATE INDEX submission_items_obligation ON submission_items (obligation);

CREATE TABLE exemptions (                    -- "it does not apply to us": a reviewer decides
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

CREATE TABLE snoozes (                       -- put off, with the reason
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

CREATE TABLE coordinations (                 -- requests to the contact of an agency or a provider, until they are answered
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
    told TEXT NOT NULL DEFAULT '',           -- the last rung of its ladder
    look_at TEXT
);
CREATE INDEX coordinations_agency ON coordinations (agency, asked_at);
CREATE INDEX coordinations_incident ON coordinations (incident) WHERE incident IS NOT NULL;
CREATE INDEX coordinations_look ON coordinations (look_at) WHERE look_at IS NOT NULL;
CREATE INDEX coordinations_open ON coordinations (asked_at) WHERE state IN ('sent', 'received');
CREATE INDEX coordinations_asker ON coordinations (asked_by);
CREATE INDEX coordinations_receiver ON coordinations (received_by) WHERE received_by IS NOT NULL;
CREATE INDEX coordinations_answerer ON coordinations (answered_by) WHERE answered_by IS NOT NULL;

-- The index of words: `shared` is masked, `personal` is whole. Where the engine is another one, this is written anew.
CREATE VIRTUAL TABLE search USING fts5 (shared, personal, tokenize = 'unicode61 remove_diacritics 0');

CREATE TABLE search_rows (                   -- which row of the index belongs to which incident, in the order of filing
    number INTEGER PRIMARY KEY,
    incident TEXT NOT NULL UNIQUE REFERENCES incidents (id)
);

CREATE TABLE search_stale (                  -- something was said about it since it was indexed
    incident TEXT PRIMARY KEY REFERENCES incidents (id),
    not_before TEXT                          -- set where indexing it failed: nothing else waits for it
);

CREATE TABLE searches (                      -- what was searched, so that a key can turn the page
    id TEXT PRIMARY KEY,
    person TEXT NOT NULL REFERENCES people (id),
    query TEXT NOT NULL,
    words TEXT NOT NULL,
    made_at TEXT NOT NULL
);
CREATE INDEX searches_age ON searches (made_at);
CREATE INDEX searches_person ON searches (person);
