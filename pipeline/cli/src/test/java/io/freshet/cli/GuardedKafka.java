package io.freshet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.cli.kafka.EmbeddedKafka;
import io.freshet.cli.kafka.KafkaAccess;
import io.freshet.cli.kafka.SharedTopics;
import io.freshet.schema.EventTopics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclBindingFilter;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;

/**
 * A broker that knows who connects, and lets nobody but the administrator do what was not granted.
 */
final class GuardedKafka implements AutoCloseable {

  private static final String ADMIN = "admin";
  private static final List<String> USERS = List.of(ADMIN, "collect", "train", "serve", "nobody");
  private static final String LOGIN =
      "org.apache.kafka.common.security.plain.PlainLoginModule required username=\"%s\" password=\"%s\"";
  private static final Pattern BLOCK = Pattern.compile("```acl\n(.*?)```", Pattern.DOTALL);
  private static final Map<String, ResourceType> RESOURCES =
      Map.of(
          "--topic", ResourceType.TOPIC,
          "--group", ResourceType.GROUP,
          "--transactional-id", ResourceType.TRANSACTIONAL_ID);

  private final EmbeddedKafka broker;
  private final Path directory;

  private GuardedKafka(EmbeddedKafka broker, Path directory) {
    this.broker = broker;
    this.directory = directory;
  }

  static GuardedKafka start(Path directory) {
    StringBuilder users = new StringBuilder(LOGIN.formatted(ADMIN, ADMIN));
    USERS.forEach(user -> users.append(" user_%s=\"%s\"".formatted(user, user)));
    Map<String, String> settings = new LinkedHashMap<>();
    settings.put("listener.security.protocol.map", "PLAINTEXT:SASL_PLAINTEXT,CONTROLLER:PLAINTEXT");
    settings.put("inter.broker.listener.name", "PLAINTEXT");
    settings.put("sasl.enabled.mechanisms", "PLAIN");
    settings.put("sasl.mechanism.inter.broker.protocol", "PLAIN");
    settings.put("listener.name.plaintext.plain.sasl.jaas.config", users + ";");
    settings.put(
        "authorizer.class.name", "org.apache.kafka.metadata.authorizer.StandardAuthorizer");
    // The controller's listener knows no users.
    settings.put("super.users", "User:" + ADMIN + ";User:ANONYMOUS");
    return new GuardedKafka(EmbeddedKafka.start(directory.resolve("kafka"), settings), directory);
  }

  private Map<String, String> client(String user) {
    return Map.of(
        "bootstrap.servers",
        broker.brokers(),
        "security.protocol",
        "SASL_PLAINTEXT",
        "sasl.mechanism",
        "PLAIN",
        "sasl.jaas.config",
        LOGIN.formatted(user, user) + ";");
  }

  /** Client properties of a user, for {@code --kafka}. */
  Path clientOf(String user) {
    StringBuilder lines = new StringBuilder();
    client(user).forEach((key, value) -> lines.append(key).append('=').append(value).append('\n'));
    try {
      return Files.writeString(directory.resolve(user + ".properties"), lines);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  void createTopics() {
    new SharedTopics(new KafkaAccess(client(ADMIN), new EventTopics(""))).create((short) 1);
  }

  /** Grants what a page lists, each line as {@code kafka-acls --add} takes it. */
  void grant(String page) throws InterruptedException, ExecutionException {
    Matcher block = BLOCK.matcher(page);
    assertThat(block.find()).isTrue();
    List<AclBinding> all = new ArrayList<>();
    block.group(1).lines().forEach(line -> all.addAll(bindings(line.split(" ", -1))));
    assertThat(all).hasSizeGreaterThan(20);
    try (Admin admin = Admin.create(Map.<String, Object>copyOf(client(ADMIN)))) {
      admin.createAcls(all).all().get();
      // The controller has them now; the broker, which is asked from here on, soon after.
      RunningCommand.await(
          () -> granted(admin).containsAll(all), () -> "rights must reach the broker: " + all);
    }
  }

  private static Collection<AclBinding> granted(Admin admin) throws InterruptedException {
    try {
      return admin.describeAcls(AclBindingFilter.ANY).values().get();
    } catch (ExecutionException e) {
      throw new AssertionError(e);
    }
  }

  private static List<AclBinding> bindings(String[] words) {
    String principal = "";
    String resource = "";
    ResourceType type = ResourceType.UNKNOWN;
    PatternType pattern = PatternType.LITERAL;
    List<AclOperation> operations = new ArrayList<>();
    for (int i = 0; i + 1 < words.length; i += 2) {
      String value = words[i + 1];
      switch (words[i]) {
        case "--allow-principal" -> principal = value;
        case "--operation" ->
            operations.add(
                AclOperation.fromString(
                    value.replaceAll("(?<=[a-z])(?=[A-Z])", "_").toUpperCase(Locale.ROOT)));
        case "--resource-pattern-type" ->
            pattern = PatternType.fromString(value.toUpperCase(Locale.ROOT));
        default -> {
          type = RESOURCES.getOrDefault(words[i], ResourceType.UNKNOWN);
          resource = value;
        }
      }
    }
    ResourcePattern on = new ResourcePattern(type, resource, pattern);
    String who = principal;
    return operations.stream()
        .map(
            operation ->
                new AclBinding(
                    on, new AccessControlEntry(who, "*", operation, AclPermissionType.ALLOW)))
        .toList();
  }

  @Override
  public void close() {
    broker.close();
  }
}
