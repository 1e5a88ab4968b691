/// ZeroMQ's wire protocol (ZMTP 3.0 and 3.1, <https://rfc.zeromq.org/spec/23/> and `/37/`) as a client speaks it to a
/// Jupyter kernel: DEALER and SUB sockets over unix sockets or TCP, many on one thread.
@NullMarked
package sluice.kernels.zmtp;

import org.jspecify.annotations.NullMarked;
