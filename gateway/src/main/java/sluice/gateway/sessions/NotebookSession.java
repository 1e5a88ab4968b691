package sluice.gateway.sessions;

import sluice.kernels.link.Orders.KernelModel;

/// A document of somebody's and the kernel it runs on: what Jupyter calls a session.
/// @param type `notebook`, `console`, `file` or what a client calls it
public record NotebookSession(String id, String owner, String path, String name, String type, KernelModel kernel) {}
