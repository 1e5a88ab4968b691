package sluice.gateway;

import picocli.CommandLine.IVersionProvider;

/// Which Sluice this is.
public final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
        return new String[] {"sluice " + number()};
    }

    public static String number() {
        var ofJar = Version.class.getPackage().getImplementationVersion();
        return ofJar == null ? "0.1.0" : ofJar;
    }
}
