// Written by its test from the migrations: `npx vitest run whole.test.ts --update`.

/** All tables at once, for a database without any. */
export const WHOLE = `CREATE TABLE "tutti_migrations" ("name" varchar(255) not null primary key, "timestamp" varchar(255) not null);
CREATE TABLE "tutti_migrations_lock" ("id" varchar(255) not null primary key, "is_locked" integer default 0 not null);
CREATE TABLE "definitions" ("hash" text not null primary key, "workflow" text not null, "files" text not null);
CREATE TABLE "instances" ("owner" text not null, "id" text not null, "workflow" text not null, "definition" text not null references "definitions" ("hash"), "step" text not null, "status" text not null, "context" text not null, "pending" text, "visits" text not null, "token" text not null, "revision" integer not null, "created_at" bigint not null, "updated_at" bigint not null, "completed_at" bigint, "parent" text, "gone" integer default 0 not null, constraint "instances_key" primary key ("owner", "id"));
CREATE INDEX "instances_by_created_at_id" on "instances" ("owner", "created_at", "id");
CREATE INDEX "instances_by_status_created_at_id" on "instances" ("owner", "status", "created_at", "id");
CREATE INDEX "instances_by_workflow_created_at_id" on "instances" ("owner", "workflow", "created_at", "id");
CREATE TABLE "journal" ("owner" text not null, "instance" text not null, "seq" integer not null, "at" bigint not null, "kind" text not null, "step" text not null, "report" text, "context_updates" text not null, "status" text not null, "next" text not null, "decision" text, "candidates" text not null, "token" text, "answer" text, constraint "journal_key" primary key ("owner", "instance", "seq"), constraint "journal_token" unique ("owner", "token"), constraint "journal_instance" foreign key ("owner", "instance") references "instances" ("owner", "id") on delete cascade);
CREATE TABLE "approvals" ("owner" text not null, "id" text not null, "instance" text, "server" text not null, "tool" text not null, "arguments" text not null, "digest" text not null, "risk" text not null, "reason" text not null, "requested_by" text not null, "status" text not null, "decided_by" text, "created_at" bigint not null, "decided_at" bigint, "expires_at" bigint not null, constraint "approvals_key" primary key ("owner", "id"));
CREATE INDEX "approvals_by_status_created_at_id" on "approvals" ("owner", "status", "created_at", "id");
CREATE TABLE "usage" ("owner" text not null, "subject" text not null, "window_at" bigint not null, "calls" bigint not null, "input_tokens" bigint not null, "output_tokens" bigint not null, "cost_micros" bigint not null, "ms" bigint default 0 not null, constraint "usage_key" primary key ("owner", "subject", "window_at"));
CREATE UNIQUE INDEX "approvals_pending" on "approvals" ("owner", "digest") where status = 'pending';
CREATE INDEX "approvals_by_digest_status" on "approvals" ("owner", "digest", "status");
CREATE INDEX "approvals_by_created_at_id" on "approvals" ("owner", "created_at", "id");
CREATE INDEX "approvals_of_all" on "approvals" ("created_at", "id");
CREATE INDEX "approvals_by_id_created_at" on "approvals" ("id", "created_at");
CREATE TABLE "pins" ("server" text not null, "kind" text not null, "name" text not null, "hash" text not null, "definition" text not null, "approved_at" bigint not null, "approved_by" text not null, constraint "pins_key" primary key ("server", "kind", "name"));
CREATE TABLE "sightings" ("server" text not null primary key, "at" bigint not null, "launch" text not null, "offer" text not null);
CREATE TABLE "verdicts" ("server" text not null, "launch" text not null, "verdict" text not null, constraint "verdicts_key" primary key ("server", "launch"));
CREATE TABLE "results" ("owner" text not null, "id" text not null, "server" text not null, "tool" text not null, "at" bigint not null, "expires_at" bigint not null, "size" bigint not null, "bytes" bytea not null, constraint "results_key" primary key ("owner", "id"));
CREATE INDEX "results_by_at_id_size" on "results" ("owner", "at", "id", "size");
CREATE INDEX "results_by_expires_at" on "results" ("expires_at");
CREATE TABLE "audit_head" ("id" integer not null primary key, "seq" bigint not null, "hash" text not null);
CREATE TABLE "vault" ("kind" text not null, "name" text not null, "value" text not null, constraint "vault_key" primary key ("kind", "name"));
CREATE TABLE "marks" ("mark" text not null primary key, "expires_at" bigint not null);
CREATE INDEX "marks_by_expires_at" on "marks" ("expires_at");
CREATE TABLE "waiting" ("server" text not null, "kind" text not null, "name" text not null, "hash" text not null, "definition" text not null, "findings" text not null, "launch" text not null, "at" bigint not null, constraint "waiting_key" primary key ("server", "kind", "name", "hash"));
CREATE TABLE "messages" ("owner" text not null, "session" text not null, "seq" integer not null, "id" text not null, "role" text not null, "content" text not null, "at" bigint not null, "users" integer not null, "assistants" integer not null, "systems" integer not null, constraint "messages_key" primary key ("owner", "session", "seq"), constraint "messages_session" foreign key ("owner", "session") references "instances" ("owner", "id") on delete cascade);
CREATE TABLE "shelves" ("id" integer not null primary key, "space" text not null, "owner" text not null, "session" text not null, "instance" text, "entries" integer default 0 not null, constraint "shelves_key" unique ("space", "owner", "session"), constraint "shelves_session" foreign key ("owner", "instance") references "instances" ("owner", "id") on delete cascade);
CREATE INDEX "shelves_by_owner_instance" on "shelves" ("owner", "instance");
CREATE TABLE "knowledge" ("id" integer not null primary key, "shelf" integer not null references "shelves" ("id") on delete cascade, "key" text not null, "value" text not null, "tags" text not null, "origin" text not null, "untrusted" integer not null, "created_at" bigint not null, "updated_at" bigint not null, "expires_at" bigint, "bytes" bigint default 0 not null, "keeper" text default '' not null, constraint "knowledge_shelf_key" unique ("shelf", "key"));
CREATE INDEX "knowledge_by_shelf_id" on "knowledge" ("shelf", "id");
CREATE INDEX "knowledge_by_shelf_expires_at" on "knowledge" ("shelf", "expires_at");
CREATE INDEX "knowledge_by_expires_at" on "knowledge" ("expires_at");
CREATE TABLE "knowledge_tags" ("shelf" integer not null, "tag" text not null, "key" text not null, "entry" integer not null references "knowledge" ("id") on delete cascade, constraint "knowledge_tags_key" primary key ("shelf", "tag", "key"));
CREATE INDEX "knowledge_tags_by_entry" on "knowledge_tags" ("entry");
CREATE VIRTUAL TABLE knowledge_words using fts5(
      tokens, content='', contentless_delete=1, detail=none, tokenize='ascii', prefix='8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23'
    );
CREATE TRIGGER knowledge_added after insert on knowledge begin
      update shelves set entries = entries + 1 where id = new.shelf;
    end;
CREATE TRIGGER knowledge_gone after delete on knowledge begin
      delete from knowledge_words where rowid = old.id;
      update shelves set entries = entries - 1 where id = old.shelf;
    end;
CREATE INDEX instances_gone on instances (gone, owner, id) where gone = 1;
CREATE TABLE "footprints" ("owner" text not null, "session" text not null, "bytes" bigint not null, constraint "footprints_key" primary key ("owner", "session"));
CREATE INDEX "definitions_by_workflow" on "definitions" ("workflow");
CREATE TABLE "vectors" ("embedder" text not null, "hash" text not null, "at" bigint not null, "size" integer not null, "bytes" bytea not null, constraint "vectors_key" primary key ("embedder", "hash"));
CREATE INDEX "vectors_by_at" on "vectors" ("at", "embedder", "hash", "size");
CREATE TABLE "audit" ("seq" integer not null primary key, "at" bigint not null, "owner" text not null, "kind" text not null, "fields" text not null, "hash" text not null);
insert into "audit_head" values (1, 0, '');
insert into "tutti_migrations" values ('0001-first', strftime('%Y-%m-%dT%H:%M:%fZ', 'now')), ('0002-gateway', strftime('%Y-%m-%dT%H:%M:%fZ', 'now')), ('0003-waiting', strftime('%Y-%m-%dT%H:%M:%fZ', 'now')), ('0004-sessions', strftime('%Y-%m-%dT%H:%M:%fZ', 'now')), ('0005-bounds', strftime('%Y-%m-%dT%H:%M:%fZ', 'now')), ('0006-vectors', strftime('%Y-%m-%dT%H:%M:%fZ', 'now')), ('0007-audit', strftime('%Y-%m-%dT%H:%M:%fZ', 'now'));
insert into "tutti_migrations_lock" values ('migration_lock', 0);
`;
