--liquibase formatted sql

--changeset sluice:011-tokens
--comment A token's own text is never stored: its SHA-256 finds it, its first eight characters let a person recognise it.
CREATE TABLE access_token (
    id           BIGINT       NOT NULL AUTO_INCREMENT PRIMARY KEY,
    user_id      BIGINT       NOT NULL,
    hash         BINARY(32)   NOT NULL,
    prefix       CHAR(8)      CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    label        VARCHAR(100) NOT NULL,
    created_at   DATETIME(6)  NOT NULL,
    expires_at   DATETIME(6)  NULL,
    revoked_at   DATETIME(6)  NULL,
    last_used_at DATETIME(6)  NULL,
    CONSTRAINT access_token_hash UNIQUE (hash),
    CONSTRAINT access_token_user FOREIGN KEY (user_id) REFERENCES pool_user (id) ON DELETE CASCADE,
    INDEX access_token_revoked (revoked_at),
    INDEX access_token_expires (expires_at)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4;
--rollback DROP TABLE access_token;
