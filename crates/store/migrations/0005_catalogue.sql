-- What identifies a product beside its names: CPE names, packages, order numbers.
CREATE TABLE product_mark (
    product_id UUID NOT NULL REFERENCES product (id),
    kind       TEXT NOT NULL,
    mark       TEXT NOT NULL,
    PRIMARY KEY (product_id, kind, mark)
);

-- One row, whose number rises with each change, so that a node knows when to read the catalogue again.
CREATE TABLE catalogue_edition (
    id      BIGINT PRIMARY KEY,
    edition BIGINT NOT NULL
);
