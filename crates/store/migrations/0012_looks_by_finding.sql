-- Whether a look is known is asked for each finding that bears on an advisory.
CREATE INDEX observation_of_finding ON observation (vulnerability, participant_id, at);
-- Matching asks its own index; nothing asks the store by product.
DROP INDEX asset_by_product;
