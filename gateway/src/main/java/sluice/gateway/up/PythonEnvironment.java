package sluice.gateway.up;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import sluice.gateway.config.LabSettings;
import sluice.gateway.config.Places;

/// The Python environment that the pool brings: JupyterLab, ipykernel and what the first notebooks need, at pinned
/// versions. One lies at `DATA/envs/<digest of what is in it>`, whole once it has its mark; `DATA/env` links to the one
/// in use. New requirements make a new one beside it, so running kernels keep theirs.
final class PythonEnvironment {
    private static final String MARK = ".whole";
    private static final String OWN_PACKAGES = "sluice_own_packages";
    private static final Pattern COLLECTING = Pattern.compile("Collecting ([A-Za-z0-9._-]+).*");

    private final Places places;
    private final String given;
    private final Path requirements;
    private final Voice voice;

    /// @param given the prefix of an environment that is there already, empty to make one
    PythonEnvironment(Places places, String given, Path requirements, Voice voice) {
        this.places = places;
        this.given = given;
        this.requirements = requirements;
        this.voice = voice;
    }

    /// With the requirements that this program comes with.
    static PythonEnvironment ofPool(Places places, Voice voice) {
        return new PythonEnvironment(
                places,
                System.getenv().getOrDefault("SLUICE_ENV_PREFIX", ""),
                Path.of(System.getProperty("sluice.home", "."), "requirements", "lab.txt"),
                voice);
    }

    /// The prefix of an environment that is there, after making it where it is not.
    /// @throws StartFailed saying what to do
    Path prepare(LabSettings lab) throws InterruptedException {
        var prefix = lab.prefix().isEmpty() ? given : lab.prefix();
        if (!prefix.isEmpty()) return checked(Path.of(prefix));
        try {
            return ours(lab.python());
        } catch (IOException e) {
            throw new StartFailed("cannot make the Python environment in %s: %s".formatted(places.data(), e), e);
        }
    }

    private static Path checked(Path prefix) {
        if (Files.isExecutable(prefix.resolve("bin/python")) && Files.isExecutable(prefix.resolve("bin/jupyter-lab"))) {
            return prefix.toAbsolutePath();
        }
        throw new StartFailed(
                "%s is no Python environment with JupyterLab: bin/python or bin/jupyter-lab is missing (python3 -m venv %1$s && %1$s/bin/pip install jupyterlab ipykernel)"
                        .formatted(prefix));
    }

    private Path ours(String wantedPython) throws IOException, InterruptedException {
        var wanted = Files.readString(requirements);
        var prefix = places.data().resolve("envs").resolve(digest(wanted + wantedPython + ownPackages()));
        if (!Files.exists(prefix.resolve(MARK))) {
            make(Interpreter.find(wantedPython), prefix, count(wanted));
        } else if (!Files.isExecutable(prefix.resolve("bin/python"))) {
            voice.say("the Python of %s is gone (was it upgraded?); making the environment again".formatted(prefix));
            make(Interpreter.find(wantedPython), prefix, count(wanted));
        }
        link(prefix);
        return prefix;
    }

    private void make(Interpreter python, Path prefix, int packages) throws IOException, InterruptedException {
        Files.createDirectories(prefix.getParent());
        var log = places.log("environment");
        voice.say("making the Python environment (%d packages, Python %s; once, a minute or so) …"
                .formatted(packages, python.version()));
        Files.deleteIfExists(prefix.resolve(MARK));
        run(log, packages, List.of(python.program().toString(), "-m", "venv", "--clear", prefix.toString()));
        run(
                log,
                packages,
                List.of(
                        prefix.resolve("bin/python").toString(),
                        "-m",
                        "pip",
                        "install",
                        "--only-binary=:all:",
                        "--no-input",
                        "--progress-bar=off",
                        "--retries=3",
                        "-r",
                        requirements.toString()));
        letPeopleInstall(prefix);
        Files.createFile(prefix.resolve(MARK));
        voice.say("the Python environment is made");
    }

    /// Has pip install to the homes of those who cannot write here, and Python look there.
    private static void letPeopleInstall(Path prefix) throws IOException {
        try (var pythons = Files.newDirectoryStream(prefix.resolve("lib"), "python3*")) {
            for (var python : pythons) {
                var packages = python.resolve("site-packages");
                Files.writeString(packages.resolve(OWN_PACKAGES + ".py"), ownPackages());
                Files.writeString(packages.resolve(OWN_PACKAGES + ".pth"), "import " + OWN_PACKAGES + "\n");
            }
        }
    }

    private static String ownPackages() throws IOException {
        try (var module = PythonEnvironment.class.getResourceAsStream(OWN_PACKAGES + ".py")) {
            return new String(Objects.requireNonNull(module).readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private void run(Path log, int packages, List<String> command) throws IOException, InterruptedException {
        var builder = new ProcessBuilder(command).redirectErrorStream(true).redirectInput(new File("/dev/null"));
        builder.environment().put("PIP_ROOT_USER_ACTION", "ignore");
        builder.environment().put("PIP_DISABLE_PIP_VERSION_CHECK", "1");
        builder.environment().put("PYTHONNOUSERSITE", "1");
        builder.environment().remove("PYTHONPATH");
        var process = builder.start();
        try (var said = new BufferedReader(
                        new java.io.InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
                var out = Files.newBufferedWriter(log)) {
            var lines = new ArrayList<String>();
            var seen = 0;
            for (var line = said.readLine(); line != null; line = said.readLine()) {
                out.write(line + "\n");
                lines.add(line);
                if (COLLECTING.matcher(line).matches() && ++seen % 20 == 0) {
                    voice.say("  %d of %d packages fetched".formatted(seen, packages));
                }
                if (line.startsWith("Installing collected packages")) voice.say("  all fetched, installing");
            }
            if (process.waitFor() != 0) throw failed(lines, log);
        } finally {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
    }

    private static StartFailed failed(List<String> lines, Path log) {
        var errors = lines.stream()
                .filter(line -> line.startsWith("ERROR") || line.startsWith("error") || line.contains("No space left"))
                .toList();
        var words = errors.isEmpty() ? lines.subList(Math.max(0, lines.size() - 5), lines.size()) : errors;
        return new StartFailed(
                "the Python environment could not be made:\n  %s\nEverything pip said is in %s. Run it again when the cause is gone (no network? no room?), or name an environment that is there with lab.prefix or SLUICE_ENV_PREFIX"
                        .formatted(String.join("\n  ", words.subList(0, Math.min(5, words.size()))), log));
    }

    /// Points `DATA/env` at it, and removes environments older than the one it pointed at before.
    private void link(Path prefix) throws IOException {
        var link = places.environment();
        var before = Files.isSymbolicLink(link) ? Files.readSymbolicLink(link) : prefix;
        if (before.equals(prefix) && Files.isSymbolicLink(link)) return;
        var fresh = link.resolveSibling("env.new");
        Files.deleteIfExists(fresh);
        Files.createSymbolicLink(fresh, prefix);
        Files.move(fresh, link, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        try (var all = Files.list(prefix.getParent())) {
            for (var old : all.filter(env -> !env.equals(prefix) && !env.equals(before))
                    .toList()) delete(old);
        }
    }

    private static int count(String requirements) {
        return (int) requirements.lines().filter(line -> line.contains("==")).count();
    }

    private static void delete(Path folder) throws IOException {
        if (!Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) return;
        try (var files = Files.walk(folder)) {
            for (var file : files.sorted(Comparator.reverseOrder()).toList()) Files.deleteIfExists(file);
        }
    }

    private static String digest(String text) {
        try {
            var digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest).substring(0, 12);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
