package sluice.kernels.sandbox;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// A process to start.
/// @param room holds what it needs to read and where its sockets go
/// @param argv in the words of the process's own [View]
/// @param env all of its environment
/// @param folder where it starts, absolute in its own view; its home where there is no such folder
/// @param readable folders of the host that it must be able to read, wherever they are
/// @param devices files of `/dev` that it may use besides the harmless ones
public record Order(
        Owner owner,
        Room room,
        List<String> argv,
        Map<String, String> env,
        String folder,
        Set<Path> readable,
        List<Path> devices,
        Limits limits,
        Path log) {}
