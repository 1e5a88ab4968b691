package sluice.gateway.sessions;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A kernel as somebody asks for it.
/// @param id chosen by the client, or null
/// @param name of the kernelspec, or null for the default one
/// @param folder inside the owner's home, or null for the home
/// @param document that it is started for, or null
/// @param env as sent, not yet checked
public record KernelOrder(
        @Nullable String id,
        @Nullable String name,
        @Nullable String folder,
        @Nullable String document,
        @Nullable Map<String, ?> env) {}
