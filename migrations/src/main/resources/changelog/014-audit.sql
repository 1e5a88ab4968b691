--liquibase formatted sql

--changeset sluice:014-audit
--comment Who did what. Names, not keys: a line stays true when the user it tells of is gone.
CREATE TABLE audit (
    id      BIGINT       NOT NULL AUTO_INCREMENT PRIMARY KEY,
    at      DATETIME(6)  NOT NULL,
    who     VARCHAR(64)  NOT NULL,
    what    VARCHAR(64)  NOT NULL,
    object  VARCHAR(255) NOT NULL,
    ip      VARCHAR(64)  NOT NULL,
    outcome VARCHAR(255) NOT NULL,
    INDEX audit_who (who, id),
    INDEX audit_at (at)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4;
--rollback DROP TABLE audit;

--changeset sluice:014-audit-no-update failOnError:false
--comment Append only. A server with a binary log may refuse triggers to an ordinary account: then the program alone keeps the rule.
CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit FOR EACH ROW
    SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'audit is append-only';
--rollback DROP TRIGGER IF EXISTS audit_no_update;

--changeset sluice:014-audit-no-delete failOnError:false
CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit FOR EACH ROW
    SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'audit is append-only';
--rollback DROP TRIGGER IF EXISTS audit_no_delete;
