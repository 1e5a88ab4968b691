--liquibase formatted sql

--changeset sluice:010-people
--comment Who may use the pool. Times are UTC. Names are also URL segments and folder names, hence ascii and case-sensitive.
CREATE TABLE pool_user (
    id           BIGINT       NOT NULL AUTO_INCREMENT PRIMARY KEY,
    name         VARCHAR(32)  CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    display_name VARCHAR(100) NOT NULL,
    role         VARCHAR(16)  NOT NULL,
    disabled     BOOLEAN      NOT NULL DEFAULT FALSE,
    created_at   DATETIME(6)  NOT NULL,
    changed_at   DATETIME(6)  NOT NULL,
    CONSTRAINT pool_user_name UNIQUE (name)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4;
--rollback DROP TABLE pool_user;
