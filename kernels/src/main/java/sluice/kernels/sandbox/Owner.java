package sluice.kernels.sandbox;

import java.nio.file.Path;

/// Whom a process belongs to.
/// @param uid whom the kernel of the operating system takes it for
/// @param home where the owner's files are on the host
public record Owner(String name, int uid, int gid, Path home) {}
