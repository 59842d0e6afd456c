-- When a message is to be delivered, and how often that was tried; none where it was, where nothing delivers its kind, or
-- where it goes to nobody.
ALTER TABLE outbox_messages ADD COLUMN due_at BIGINT;
ALTER TABLE outbox_messages ADD COLUMN attempts BIGINT NOT NULL DEFAULT 0;
CREATE INDEX outbox_messages_due ON outbox_messages (due_at);
