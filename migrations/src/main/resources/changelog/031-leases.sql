--liquibase formatted sql

--changeset sluice:031-leases
--comment What was asked of the pool, what was granted, and what came of it. A row is written when a session asks and never deleted: what it used follows from it. Cards are counted in thousandths, use in millionths of a GPU-second (thousandths of cards times milliseconds), so that sums are exact.
CREATE TABLE lease (
    id           BIGINT        NOT NULL AUTO_INCREMENT PRIMARY KEY,
    session      VARCHAR(64)   CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    team         VARCHAR(32)   CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    user         VARCHAR(32)   CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    spec         VARCHAR(128)  CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    flavour      VARCHAR(64)   CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    state        VARCHAR(16)   NOT NULL,
    reason       VARCHAR(500)  NOT NULL DEFAULT '',
    demand       TEXT          NOT NULL,
    placement    TEXT          NULL,
    start_order  MEDIUMTEXT    NULL,
    milli_gpus   BIGINT        NOT NULL DEFAULT 0,
    gpu_bytes    BIGINT        NOT NULL DEFAULT 0,
    submitted_at DATETIME(6)   NOT NULL,
    granted_at   DATETIME(6)   NULL,
    released_at  DATETIME(6)   NULL,
    reckoned_at  DATETIME(6)   NULL,
    allocated    BIGINT        NOT NULL DEFAULT 0,
    busy         BIGINT        NOT NULL DEFAULT 0,
    suspended    BIGINT        NOT NULL DEFAULT 0,
    busy_seen    BIGINT        NOT NULL DEFAULT 0,
    live         VARCHAR(64)   CHARACTER SET ascii COLLATE ascii_bin AS (IF(released_at IS NULL, session, NULL)) PERSISTENT,
    CONSTRAINT lease_live UNIQUE (live),
    INDEX lease_session (session, id),
    INDEX lease_owner (team, user, id)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4;
--rollback DROP TABLE lease;
