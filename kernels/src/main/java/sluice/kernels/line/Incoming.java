package sluice.kernels.line;

import sluice.kernels.wire.ChannelName;
import sluice.kernels.wire.HeaderFields;
import sluice.kernels.wire.V1;

/// A message from the kernel whose signature was right.
record Incoming(ChannelName channel, V1 message, HeaderFields header, HeaderFields parent) {}
