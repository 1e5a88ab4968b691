--liquibase formatted sql

--changeset sluice:020-notebook-sessions
--comment Which document (notebook, console) of an owner has which kernel: Jupyter's /api/sessions. Found by a path's hash, since a path is longer than an index may be.
CREATE TABLE notebook_session (
    id         CHAR(36)      CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
    owner      VARCHAR(32)   CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    path       VARCHAR(4096) NOT NULL,
    path_hash  BINARY(32)    NOT NULL,
    name       VARCHAR(1024) NOT NULL,
    type       VARCHAR(64)   NOT NULL,
    kernel_id  VARCHAR(64)   CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    created_at DATETIME(6)   NOT NULL,
    INDEX notebook_session_path (owner, path_hash),
    INDEX notebook_session_kernel (kernel_id)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4;
--rollback DROP TABLE notebook_session;
