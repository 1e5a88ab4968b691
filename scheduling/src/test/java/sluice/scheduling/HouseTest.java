package sluice.scheduling;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// The floor plan, and what "pure decisions" means.
class HouseTest {
    private static final JavaClasses HOUSE = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("sluice.scheduling");

    private static final String ROOT = "sluice.scheduling";

    @Test
    void everyRoomUsesOnlyTheWordsAndTheRoomsItIsBuiltOn() {
        only(ROOT, List.of());
        only(ROOT + ".quota", List.of(ROOT));
        only(ROOT + ".share", List.of(ROOT));
        only(ROOT + ".place", List.of(ROOT));
        only(ROOT + ".queue", List.of(ROOT, ROOT + ".quota", ROOT + ".share", ROOT + ".place"));
        only(ROOT + ".residency", List.of(ROOT));
        only(ROOT + ".simulator", List.of(ROOT, ROOT + ".residency"));
    }

    private static void only(String room, List<String> others) {
        var allowed = new ArrayList<>(others);
        allowed.add(room);
        allowed.addAll(List.of("java.lang..", "java.time..", "java.util..", "org.jspecify.."));
        // The simulator's main prints.
        if (room.endsWith("simulator")) allowed.add("java.io..");
        classes()
                .that()
                .resideInAPackage(room)
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(allowed.toArray(String[]::new))
                .check(HOUSE);
    }

    @Test
    void nobodyReadsAClock() {
        noClasses().should().callMethod(Instant.class, "now").check(HOUSE);
        noClasses().should().callMethod(System.class, "nanoTime").check(HOUSE);
        noClasses().should().callMethod(System.class, "currentTimeMillis").check(HOUSE);
        noClasses().should().dependOnClassesThat().areAssignableTo(Clock.class).check(HOUSE);
    }
}
