package sluice.metrics.gpu;

import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/// A process that holds a context on a card.
///
/// @param pid as the node sees it, outside of any sandbox
/// @param session whose it is, where the card itself knows (only simulated ones do)
/// @param bytes of the card's memory; unknown for processes of other containers on some drivers
/// @param smUtil percent of the last second in which its kernels ran
public record GpuProcess(long pid, Optional<String> session, OptionalLong bytes, OptionalInt smUtil) {}
