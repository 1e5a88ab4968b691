/// Jupyter's messages as bytes: signatures, connection files, the v1 body and the few header fields anyone reads.
/// <https://jupyter-client.readthedocs.io/en/stable/messaging.html>
@NullMarked
package sluice.kernels.wire;

import org.jspecify.annotations.NullMarked;
