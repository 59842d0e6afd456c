-- How the user of a sign-in proved who they are, in the words of the amr claim, blank-separated; and what its tokens say in acr,
-- where the sign-in was to reach a level.
ALTER TABLE token_families ADD COLUMN methods TEXT NOT NULL DEFAULT '';
ALTER TABLE token_families ADD COLUMN acr TEXT;
