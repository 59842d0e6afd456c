-- What the sweeper finds expired codes by.
CREATE INDEX verification_codes_by_expiry ON verification_codes (expires_at);
