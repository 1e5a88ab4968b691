--liquibase formatted sql

--changeset sluice:012-teams
CREATE TABLE team (
    id           BIGINT       NOT NULL AUTO_INCREMENT PRIMARY KEY,
    name         VARCHAR(32)  CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    display_name VARCHAR(100) NOT NULL,
    created_at   DATETIME(6)  NOT NULL,
    CONSTRAINT team_name UNIQUE (name)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4;
--rollback DROP TABLE team;

--changeset sluice:012-team-members
CREATE TABLE team_member (
    team_id  BIGINT      NOT NULL,
    user_id  BIGINT      NOT NULL,
    role     VARCHAR(16) NOT NULL,
    since    DATETIME(6) NOT NULL,
    PRIMARY KEY (team_id, user_id),
    CONSTRAINT team_member_team FOREIGN KEY (team_id) REFERENCES team (id) ON DELETE CASCADE,
    CONSTRAINT team_member_user FOREIGN KEY (user_id) REFERENCES pool_user (id) ON DELETE CASCADE
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4;
--rollback DROP TABLE team_member;
