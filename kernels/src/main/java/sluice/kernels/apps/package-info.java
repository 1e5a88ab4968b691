/// Programs with a web page that a person has for themselves: JupyterLab today.
@NullMarked
package sluice.kernels.apps;

import org.jspecify.annotations.NullMarked;
