package sluice.gateway.cli;

/// What one look at this machine found.
/// @param about `Java`, `disk` …
/// @param found what is there
/// @param advice what to do about it, empty where nothing needs doing
record Finding(String about, Grade grade, String found, String advice) {
    enum Grade {
        GOOD("ok  "),
        /// It works, with less than there could be.
        LESS("less"),
        /// The pool cannot start, or not run kernels.
        BAD("BAD ");

        final String mark;

        Grade(String mark) {
            this.mark = mark;
        }
    }

    static Finding good(String about, String found) {
        return new Finding(about, Grade.GOOD, found, "");
    }

    static Finding less(String about, String found, String advice) {
        return new Finding(about, Grade.LESS, found, advice);
    }

    static Finding bad(String about, String found, String advice) {
        return new Finding(about, Grade.BAD, found, advice);
    }
}
