package sluice.migrations;

import java.net.InetAddress;
import java.net.Socket;
import java.net.UnixDomainSocketAddress;
import org.mariadb.jdbc.Configuration;
import org.mariadb.jdbc.util.ConfigurableSocketFactory;

/// Gives the MariaDB driver the JDK's own unix sockets. The driver's come through native calls, which hold on to the
/// thread that carries a virtual thread: a server that hangs would stall every request of this program.
/// Made by the driver, by name, hence public.
public final class UnixSocketFactory extends ConfigurableSocketFactory {
    static final String PATH = "unixSocket";

    private String path = "";

    @Override
    public void setConfiguration(Configuration configuration, String host) {
        path = configuration.nonMappedOptions().getProperty(PATH, "");
    }

    @Override
    public Socket createSocket() {
        return new UnixSocket(UnixDomainSocketAddress.of(path));
    }

    @Override
    public Socket createSocket(String host, int port) {
        return createSocket();
    }

    @Override
    public Socket createSocket(String host, int port, InetAddress local, int localPort) {
        return createSocket();
    }

    @Override
    public Socket createSocket(InetAddress host, int port) {
        return createSocket();
    }

    @Override
    public Socket createSocket(InetAddress host, int port, InetAddress local, int localPort) {
        return createSocket();
    }
}
