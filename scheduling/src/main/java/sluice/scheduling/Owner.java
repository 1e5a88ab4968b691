package sluice.scheduling;

/// For whom something runs, and on whose budget. A person in two teams is two owners.
public record Owner(String team, String user) {
    public Owner {
        name("team", team);
        name("user", user);
    }

    private static void name(String what, String name) {
        if (name.isBlank() || name.indexOf('/') >= 0)
            throw new IllegalArgumentException(
                    "The name of a %s is a word without a slash, not \"%s\"".formatted(what, name));
    }

    @Override
    public String toString() {
        return team + "/" + user;
    }
}
