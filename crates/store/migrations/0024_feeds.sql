-- How far the paper may travel in which a rating stands, and since when we have it under this label. Blank: the paper
-- carries none, or was read before its label was kept; then it is for nobody but the desk.
ALTER TABLE rating ADD COLUMN tlp TEXT;
ALTER TABLE rating ADD COLUMN labelled_at BIGINT;
