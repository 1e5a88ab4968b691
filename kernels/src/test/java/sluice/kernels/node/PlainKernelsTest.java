package sluice.kernels.node;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PlainKernelsTest extends KernelsContract {
    @Override
    String sandbox() {
        return "plain";
    }

    @Test
    void theNodeSaysThatNobodyIsProtected() throws Exception {
        try (var node = new TestNode(sandbox())) {
            var status = node.status();
            assertThat(status.get("warning")).asString().contains("without a sandbox");
        }
    }
}
