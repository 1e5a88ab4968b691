/// Apps that run on a node (a user's JupyterLab), reached through the gateway's own port and sign-in.
@NullMarked
package sluice.gateway.doors.apps;

import org.jspecify.annotations.NullMarked;
