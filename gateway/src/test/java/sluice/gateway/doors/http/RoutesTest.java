package sluice.gateway.doors.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.vertx.core.http.HttpMethod;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import sluice.gateway.people.Right;

class RoutesTest {
    static final TestPool POOL = new TestPool();
    static final String BELOW_LAB = "/user/{user}";

    @AfterAll
    static void close() {
        POOL.close();
    }

    @Test
    void theContractHasEveryRouteAndNoOther() {
        var routes = new TreeSet<String>();
        for (var route : POOL.routes.all()) if (!route.path().startsWith(BELOW_LAB)) routes.add(name(route));
        assertThat(new TreeSet<>(contract().keySet())).isEqualTo(routes);
    }

    @Test
    void theContractSaysWhoMay() {
        for (var route : POOL.routes.all()) {
            if (route.path().startsWith(BELOW_LAB)) continue;
            var operation = Objects.requireNonNull(contract().get(name(route)));
            var right = Objects.requireNonNull(operation.get("x-right")).toString();
            assertThat(right.toUpperCase(Locale.ROOT).replace('-', '_'))
                    .as(name(route))
                    .isEqualTo(route.right().name());
            assertThat(operation.containsKey("security")).as(name(route)).isEqualTo(route.right() == Right.ANYONE);
        }
    }

    @Test
    void theContractSaysWhatStandsBelowEachLab() {
        var below = new TreeSet<String>();
        for (var route : POOL.routes.all()) {
            if (!route.path().startsWith(BELOW_LAB)) continue;
            assertThat(route.right()).isEqualTo(Right.NAMED_USER);
            below.add(route.path().substring(BELOW_LAB.length()).replace("*}", "}"));
        }
        var said = new TreeSet<String>();
        paths().forEach((path, item) -> {
            if (item.containsKey("servers")) said.add(path);
        });
        assertThat(said).isEqualTo(below);
    }

    @Test
    void noOperationIdIsUsedTwice() {
        var ids = contract().values().stream()
                .map(operation -> operation.get("operationId"))
                .toList();
        assertThat(ids).doesNotHaveDuplicates().doesNotContainNull();
    }

    static Stream<Arguments> everyRouteAndEverybody() {
        return POOL.routes.all().stream()
                .flatMap(route -> Stream.of("nobody", "ada", "eve", "root")
                        .map(who -> arguments(route.method().name(), route.path(), route.right(), who)));
    }

    @ParameterizedTest(name = "{0} {1} by {3}")
    @MethodSource("everyRouteAndEverybody")
    void everyRouteLetsInWhomItShouldAndNobodyElse(String method, String path, Right right, String who) {
        var token = switch (who) {
            case "ada" -> POOL.ada;
            case "eve" -> POOL.eve;
            case "root" -> POOL.root;
            default -> "";
        };
        var asked = path.replace("{user}", "ada")
                .replace("{path*}", "kernel.js")
                .replace("{specName}", "python3")
                .replace("{tokenId}", "999999")
                .replace("{name}", "nobody-of-this-name")
                .replace("{team}", "no-such-team")
                .replace("{file}", "sluice.css")
                .replaceAll("\\{\\w+}", TestPool.randomId());
        var status = POOL.send(method, asked, token, "").statusCode();
        var expected = expected(right, who);
        if (expected != 0 && path.equals("/") && who.equals("nobody"))
            assertThat(status).isEqualTo(303);
        else if (expected != 0) assertThat(status).isEqualTo(expected);
        else
            assertThat(status).isLessThan(500).isNotIn(401, 405).satisfies(let -> {
                if (!path.equals("/login")) assertThat(let).isNotEqualTo(403); // its form has a proof of its own
            });
    }

    /// The status that turns that person away, or 0.
    private static int expected(Right right, String who) {
        return switch (right) {
            case ANYONE -> 0;
            case SIGNED_IN -> who.equals("nobody") ? 401 : 0;
            case NAMED_USER -> who.equals("nobody") ? 401 : who.equals("ada") ? 0 : 403;
            case ADMIN -> who.equals("nobody") ? 401 : who.equals("root") ? 0 : 403;
        };
    }

    private static String name(Route route) {
        return route.method() + " " + route.path().replace("*}", "}");
    }

    private static Map<String, Map<String, Object>> contract() {
        var operations = new TreeMap<String, Map<String, Object>>();
        paths().forEach((path, item) -> item.forEach((key, value) -> {
            if (List.of("get", "put", "post", "patch", "delete").contains(key))
                operations.put(HttpMethod.valueOf(key.toUpperCase(Locale.ROOT)) + " " + path, object(value));
        }));
        return operations;
    }

    private static Map<String, Map<String, Object>> paths() {
        var paths = new TreeMap<String, Map<String, Object>>();
        object(Objects.requireNonNull(object(Contract.tree()).get("paths")))
                .forEach((path, item) -> paths.put(path, object(item)));
        return paths;
    }

    @SuppressWarnings("unchecked") // YAML's keys are strings here
    private static Map<String, Object> object(Object value) {
        return (Map<String, Object>) value;
    }
}
