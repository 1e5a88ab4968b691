--liquibase formatted sql

--changeset sluice:033-decisions
--comment Why a session waits, waited, started or did not: a line for each time that the answer changed.
CREATE TABLE decision (
    id      BIGINT       NOT NULL AUTO_INCREMENT PRIMARY KEY,
    at      DATETIME(6)  NOT NULL,
    session VARCHAR(64)  CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    verdict VARCHAR(16)  NOT NULL,
    reason  VARCHAR(500) NOT NULL,
    place   INT          NOT NULL DEFAULT 0,
    eta     DATETIME(6)  NULL,
    INDEX decision_session (session, id),
    INDEX decision_at (at)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4;
--rollback DROP TABLE decision;
