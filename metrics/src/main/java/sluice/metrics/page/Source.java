package sluice.metrics.page;

import java.util.List;

/// Somebody who has figures for the page: cards, node, sessions; and whoever else wants to show some.
public interface Source {
    /// Who it is, for the log and the page's own figures: one word.
    String name();

    /// All families it may ever give, so that documents and dashboards can be checked against them.
    List<Family> families();

    /// Gives what there is now; what is not known or not there any more is simply not given. Called at each
    /// scrape, on the scraping thread. It must not wait: figures are gathered elsewhere.
    ///
    /// @throws RuntimeException this scrape goes without this source, and the page says so
    void collect(Scrape scrape);
}
