-- The simulated payment provider. A party outside the shop, so it has a schema of its own that nothing else reads.
CREATE SCHEMA simulated_gateway;

CREATE TABLE simulated_gateway.charge (
    key uuid PRIMARY KEY,
    -- Absent while every call under the key has failed: then no money was taken, and none was promised not to be.
    status text CHECK (status IN ('succeeded', 'declined', 'voided')),
    amount bigint NOT NULL CHECK (amount > 0),
    currency text NOT NULL,
    transaction_id text NOT NULL,
    reason text,
    failures int NOT NULL DEFAULT 0
);

CREATE TABLE simulated_gateway.refund (
    key uuid PRIMARY KEY,
    charge uuid NOT NULL REFERENCES simulated_gateway.charge (key),
    amount bigint NOT NULL CHECK (amount > 0),
    transaction_id text NOT NULL
);

CREATE INDEX refund_charge ON simulated_gateway.refund (charge);
