-- Names that others gave a product, as the participant wrote them.
ALTER TABLE asset ADD COLUMN cpe TEXT;
ALTER TABLE asset ADD COLUMN purl TEXT;
ALTER TABLE asset ADD COLUMN order_number TEXT;
