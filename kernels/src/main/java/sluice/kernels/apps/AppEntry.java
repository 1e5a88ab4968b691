package sluice.kernels.apps;

import sluice.kernels.link.Orders.StartApp;
import sluice.kernels.sandbox.Trace;

/// An app in the journal.
record AppEntry(StartApp order, String token, Trace trace) {}
