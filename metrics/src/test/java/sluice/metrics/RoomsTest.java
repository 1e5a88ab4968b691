package sluice.metrics;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/// Which room may know which: cards and node nothing of each other, the sampler both, the page all.
class RoomsTest {
    private static final JavaClasses MODULE = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("sluice.metrics");

    private static void knowsNot(String room, String... others) {
        noClasses()
                .that()
                .resideInAPackage(room)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(others)
                .check(MODULE);
    }

    @Test
    void everyRoomUsesOnlyRoomsBelowIt() {
        knowsNot("sluice.metrics.gpu", "sluice.metrics", "sluice.metrics.host", "sluice.metrics.page");
        knowsNot("sluice.metrics.host", "sluice.metrics", "sluice.metrics.gpu", "sluice.metrics.page");
        knowsNot("sluice.metrics", "sluice.metrics.page");
    }

    @Test
    void theModuleKnowsNoOther() {
        knowsNot(
                "sluice.metrics..",
                "sluice.kernels..",
                "sluice.gateway..",
                "sluice.migrations..",
                "io.vertx..",
                "java.sql..");
    }

    @Test
    void onlyTheCardsRoomCallsNativeLibraries() {
        knowsNot("sluice.metrics.host", "com.sun.jna..");
        knowsNot("sluice.metrics.page", "com.sun.jna..");
        knowsNot("sluice.metrics", "com.sun.jna..");
    }
}
