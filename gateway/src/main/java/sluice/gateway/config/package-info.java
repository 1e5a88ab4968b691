/// Every setting of the pool: one YAML file, one record tree, one place for each default.
/// `sluice.example.yaml` names them all with their reasons.
@NullMarked
package sluice.gateway.config;

import org.jspecify.annotations.NullMarked;
