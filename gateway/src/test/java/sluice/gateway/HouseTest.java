package sluice.gateway;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.List;
import org.junit.jupiter.api.Test;

/// The floor plan: which room may know which (docs/architecture.md).
class HouseTest {
    private static final JavaClasses HOUSE = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("sluice");

    /// From the ground up: each room may use those named before it.
    private static final List<String> GATEWAY = List.of("people", "ledger", "fleet", "queue", "sessions", "doors");

    private static final List<String> NODE =
            List.of("program", "zmtp", "wire", "link", "line", "specs", "sandbox", "", "apps", "node");

    @Test
    void everyRoomOfTheGatewayUsesOnlyRoomsBelowIt() {
        upwards("sluice.gateway.", GATEWAY);
    }

    @Test
    void everyRoomOfTheNodeUsesOnlyRoomsBelowIt() {
        upwards("sluice.kernels.", NODE);
    }

    private static void upwards(String house, List<String> rooms) {
        for (int floor = 0; floor < rooms.size() - 1; floor++) {
            var above = rooms.subList(floor + 1, rooms.size()).stream()
                    .map(room -> packages(house, room))
                    .toArray(String[]::new);
            noClasses()
                    .that()
                    .resideInAPackage(packages(house, rooms.get(floor)))
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage(above)
                    .check(HOUSE);
        }
    }

    private static String packages(String house, String room) {
        return room.isEmpty() ? house.substring(0, house.length() - 1) : house + room + "..";
    }

    @Test
    void onlyDoorsAndTheCompositionRootKnowVertx() {
        noClasses()
                .that()
                .resideOutsideOfPackages("sluice.gateway.doors..", "sluice.gateway")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.vertx..", "io.netty..")
                .check(HOUSE);
    }

    @Test
    void theNodeKnowsNoDatabaseAndTheDatabaseNoNode() {
        noClasses()
                .that()
                .resideInAPackage("sluice.kernels..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("sluice.migrations..", "sluice.gateway..", "org.jdbi..", "java.sql..")
                .check(HOUSE);
        noClasses()
                .that()
                .resideInAPackage("sluice.migrations..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("sluice.kernels..", "sluice.gateway..")
                .check(HOUSE);
    }

    @Test
    void whatDecidesKnowsNothingButJava() {
        noClasses()
                .that()
                .resideInAPackage("sluice.scheduling..")
                .should()
                .dependOnClassesThat()
                .resideOutsideOfPackages("sluice.scheduling..", "java..", "org.jspecify..")
                .check(HOUSE);
    }

    @Test
    void whatMeasuresKnowsNobodyItMeasuresFor() {
        noClasses()
                .that()
                .resideInAPackage("sluice.metrics..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "sluice.kernels..", "sluice.gateway..", "sluice.migrations..", "sluice.scheduling..")
                .check(HOUSE);
        noClasses()
                .that()
                .resideInAPackage("sluice.kernels..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("sluice.scheduling..")
                .check(HOUSE);
    }

    @Test
    void nothingReachesIntoTheCommandLine() {
        noClasses()
                .that()
                .resideInAnyPackage(
                        "sluice.gateway.people..",
                        "sluice.gateway.ledger..",
                        "sluice.gateway.fleet..",
                        "sluice.gateway.queue..",
                        "sluice.gateway.sessions..")
                .or()
                .resideInAPackage("sluice.gateway.doors..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("sluice.gateway.cli..", "sluice.gateway.up..", "sluice.gateway.config..")
                .check(HOUSE);
    }
}
