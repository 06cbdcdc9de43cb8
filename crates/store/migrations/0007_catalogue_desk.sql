-- What a person decided that a name in inventories means. Without a product it names nothing.
CREATE TABLE name_decision (
    vendor     TEXT NOT NULL,
    name       TEXT NOT NULL,
    product_id UUID REFERENCES product (id),
    is_new     BOOLEAN NOT NULL,
    decided_by UUID NOT NULL REFERENCES officer (id),
    decided_at BIGINT NOT NULL,
    PRIMARY KEY (vendor, name)
);
