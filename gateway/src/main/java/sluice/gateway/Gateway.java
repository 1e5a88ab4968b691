package sluice.gateway;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import sluice.gateway.config.Config;
import sluice.gateway.config.Places;
import sluice.migrations.Database;

/// The gateway put together.
final class Gateway implements AutoCloseable {
    private final HttpServer server;
    private final Database database;

    private Gateway(HttpServer server, Database database) {
        this.server = server;
        this.database = database;
    }

    static Gateway open(Config config, Places places) throws InterruptedException, IOException {
        var database = Database.open(config.database().reach(places));
        var server = HttpServer.create(
                new InetSocketAddress(config.gateway().host(), config.gateway().port()), 0);
        server.createContext("/health", exchange -> {
            exchange.sendResponseHeaders(database.answers() ? 200 : 503, -1);
            exchange.close();
        });
        server.start();
        return new Gateway(server, database);
    }

    int port() {
        return server.getAddress().getPort();
    }

    @Override
    public void close() {
        server.stop(0);
        database.close();
    }
}
