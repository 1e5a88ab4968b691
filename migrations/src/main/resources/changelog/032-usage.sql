--liquibase formatted sql

--changeset sluice:032-usage
--comment What each person used of GPUs on each team's account, by the hour (UTC), in millionths of a GPU-second. Quotas in GPU-hours and fair shares are computed from it.
CREATE TABLE usage_hour (
    team      VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    user      VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    hour      DATETIME    NOT NULL,
    allocated BIGINT      NOT NULL DEFAULT 0,
    busy      BIGINT      NOT NULL DEFAULT 0,
    suspended BIGINT      NOT NULL DEFAULT 0,
    PRIMARY KEY (team, user, hour),
    INDEX usage_hour_hour (hour)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4;
--rollback DROP TABLE usage_hour;
