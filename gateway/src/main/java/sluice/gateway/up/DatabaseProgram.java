package sluice.gateway.up;

import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import sluice.gateway.config.Places;
import sluice.migrations.embedded.DatabaseFailed;
import sluice.migrations.embedded.EmbeddedMariaDb;
import sluice.migrations.embedded.MariaDbProgram;

/// The embedded MariaDB.
record DatabaseProgram(Places places) implements Program {
    @Override
    public String name() {
        return "database";
    }

    @Override
    public Running start() throws InterruptedException {
        try {
            return new Life(EmbeddedMariaDb.start(
                    MariaDbProgram.find(), places.database(), places.databaseSocket(), places.log("database")));
        } catch (DatabaseFailed e) {
            throw new StartFailed(e.reason(), e);
        }
    }

    private record Life(EmbeddedMariaDb server, long pid) implements Running {
        Life(EmbeddedMariaDb server) {
            this(server, server.pid());
        }

        @Override
        public CompletableFuture<Integer> gone() {
            return server.gone();
        }

        @Override
        public @Nullable String lastWords() {
            return null;
        }

        @Override
        public void stop() {
            server.close();
        }

        @Override
        public void kill() {
            server.kill();
        }
    }
}
