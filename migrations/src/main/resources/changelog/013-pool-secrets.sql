--liquibase formatted sql

--changeset sluice:013-pool-secrets
--comment Keys the pool makes for itself, such as the one that signs login cookies.
CREATE TABLE pool_secret (
    name       VARCHAR(64)   CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
    value      VARBINARY(64) NOT NULL,
    created_at DATETIME(6)   NOT NULL
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4;
--rollback DROP TABLE pool_secret;
