--liquibase formatted sql

--changeset sluice:gates
CREATE TABLE gates (
    id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
    name VARCHAR(64) NOT NULL,
    opened DATETIME(6) NULL
);
--rollback DROP TABLE gates;

--changeset sluice:gates-by-name
CREATE UNIQUE INDEX gates_by_name ON gates (name);
--rollback DROP INDEX gates_by_name ON gates;
