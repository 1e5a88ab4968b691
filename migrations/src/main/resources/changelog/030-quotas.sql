--liquibase formatted sql

--changeset sluice:030-quota-versions
--comment Each change of a quota takes the next number, so that one that was removed and made again never looks like the one before.
CREATE SEQUENCE quota_version START WITH 1 NOCACHE ENGINE = InnoDB;
--rollback DROP SEQUENCE quota_version;

--changeset sluice:030-quotas
--comment What the pool (''), a team ('vision') and a person in a team ('vision/ada') may hold. NULL: nothing limits it.
CREATE TABLE quota (
    account             VARCHAR(65) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
    milli_gpus          BIGINT      NULL,
    gpu_bytes           BIGINT      NULL,
    milli_cpus          BIGINT      NULL,
    memory              BIGINT      NULL,
    disk                BIGINT      NULL,
    sessions            BIGINT      NULL,
    gpu_hours           DOUBLE      NULL,
    deserved_milli_gpus BIGINT      NOT NULL DEFAULT 0,
    weight              DOUBLE      NOT NULL DEFAULT 1,
    version             BIGINT      NOT NULL,
    changed_at          DATETIME(6) NOT NULL,
    changed_by          VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4;
--rollback DROP TABLE quota;
