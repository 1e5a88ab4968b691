package sluice.kernels.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import org.junit.jupiter.api.Assumptions;
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

    @Test
    void usersOfARootNodeAreKeptApartByTheirIds() throws Exception {
        TestNode.prefix();
        Assumptions.assumeTrue(TestNode.anyUserRunsPython(), "needs root and a Python that every user can reach");
        try (var node = new TestNode(sandbox(), true)) {
            node.start("bob");
            Files.writeString(node.data.resolve("homes/bob/secret"), "bobs");
            var alices = node.start("alice");
            try (var client = node.open(alices.id())) {
                assertThat(client.run("import os; print(os.getuid() >= 200000, os.access('"
                                + node.data.resolve("homes/bob") + "', os.R_OK | os.X_OK))"))
                        .isEqualTo("True False");
                assertThat(client.run("open(os.path.expanduser('~/mine'), 'w').write('x')"))
                        .isEmpty();
            }
        }
    }
}
