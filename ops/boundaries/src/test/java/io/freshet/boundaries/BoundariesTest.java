package io.freshet.boundaries;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.simpleNameEndingWith;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.syntax.elements.GivenClassesConjunction;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Who may know whom. A rule here has no exceptions: code that breaks one belongs in another module
 * or package.
 */
@AnalyzeClasses(packages = "io.freshet", importOptions = ImportOption.DoNotIncludeTests.class)
class BoundariesTest {

  private static final String FLINK = "org.apache.flink..";
  private static final String KAFKA = "org.apache.kafka..";
  private static final String AVRO = "org.apache.avro..";
  private static final String DJL = "ai.djl..";
  private static final String SCHEMAS = "io.freshet.schema..";
  private static final String SEARCH = "io.freshet.search..";
  private static final String LEARNING = "io.freshet.learning..";

  private static final String[] MODELS = {"io.freshet.scoring..", LEARNING};

  private static final List<String> FAMILIES =
      List.of("din", "base", "boosted", "noise", "colbert");

  /**
   * The commands and the benchmarks, which show people the time of day and how long things took.
   */
  private static final String[] FACING_PEOPLE = {"io.freshet.cli..", "io.freshet.bench.."};

  @ArchTest
  void everyModuleIsLookedAt(JavaClasses classes) {
    assertThat(classes.stream().map(JavaClass::getPackageName))
        .contains(
            "io.freshet.schema",
            "io.freshet.scoring",
            "io.freshet.scoring.kernel",
            "io.freshet.learning",
            "io.freshet.modellog",
            "io.freshet.serving",
            "io.freshet.search",
            "io.freshet.source",
            "io.freshet.job",
            "io.freshet.cli",
            "io.freshet.bench",
            "io.freshet.cluster",
            "io.freshet.faults");
  }

  @ArchTest
  static final ArchRule schemasKnowNoOtherModuleAndNoTransport =
      nothingIn(SCHEMAS)
          .should()
          .dependOnClassesThat(
              resideInAPackage("io.freshet..")
                  .and(DescribedPredicate.not(resideInAPackage(SCHEMAS)))
                  .or(resideInAnyPackage(FLINK, KAFKA, DJL)))
          .allowEmptyShould(true);

  @ArchTest
  static final ArchRule modelsKnowNoFlinkKafkaAvroOrSchemas =
      nothingIn(MODELS)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(FLINK, KAFKA, AVRO, SCHEMAS)
          .allowEmptyShould(true);

  @ArchTest
  static final ArchRule modelsKnowNoPipeline =
      nothingIn(MODELS)
          .should()
          .dependOnClassesThat(
              resideInAPackage("io.freshet..")
                  .and(DescribedPredicate.not(resideInAnyPackage(MODELS))))
          .allowEmptyShould(true);

  @ArchTest
  static final ArchRule scoringKnowsNoLearning =
      nothingIn("io.freshet.scoring..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage(LEARNING)
          .allowEmptyShould(true);

  @ArchTest
  static final ArchRule kernelsKnowOnlyTheJdk =
      nothingIn("io.freshet.scoring.kernel..")
          .should()
          .dependOnClassesThat(
              DescribedPredicate.not(
                  resideInAnyPackage(
                      "io.freshet.scoring.kernel..",
                      "java..",
                      "jdk.incubator.vector..",
                      "org.jspecify..")))
          .allowEmptyShould(true);

  @ArchTest
  static final ArchRule modelLogServingAndSearchKnowNoFlinkDjlOrLearning =
      nothingIn("io.freshet.modellog..", "io.freshet.serving..", SEARCH)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(FLINK, DJL, LEARNING)
          .allowEmptyShould(true);

  @ArchTest
  static final ArchRule onlySearchKnowsLucene =
      noClasses()
          .that()
          .resideOutsideOfPackage(SEARCH)
          .should()
          .dependOnClassesThat()
          .resideInAPackage("org.apache.lucene..")
          .allowEmptyShould(true);

  @ArchTest
  static final ArchRule sourcesKnowNoFlinkAndNoLearning =
      nothingIn("io.freshet.source..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(FLINK, LEARNING)
          .allowEmptyShould(true);

  @ArchTest
  static final ArchRule onlyJobAndCommandLineKnowFlink =
      noClasses()
          .that()
          .resideOutsideOfPackages("io.freshet.job..", "io.freshet.cli..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage(FLINK)
          .allowEmptyShould(true);

  @ArchTest
  static final ArchRule onlyEnginesKnowDjl =
      noClasses()
          .that()
          .resideOutsideOfPackage("io.freshet.learning.engine..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage(DJL)
          .allowEmptyShould(true);

  /** Whose plain numbers and arrays DJL would send to the device one by one. */
  @ArchTest
  static final ArchRule whatComputesOnADeviceMakesNothingThere =
      noClasses()
          .that()
          .haveNameMatching("io\\.freshet\\.learning\\.engine\\.(Device.*|CtrCargo|Cargo|Unloaded)")
          .should()
          .accessTargetWhere(
              DescribedPredicate.describe(
                  "the target makes an array, or takes numbers of the host",
                  BoundariesTest::sendsToDevice))
          .because("one array goes to a device a step, by DjlTransfer");

  @ArchTest
  void familiesDoNotKnowEachOther(JavaClasses classes) {
    for (String family : FAMILIES) {
      String[] others =
          FAMILIES.stream()
              .filter(other -> !other.equals(family))
              .map(BoundariesTest::family)
              .toArray(String[]::new);
      nothingIn(family(family))
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(others)
          .allowEmptyShould(true)
          .check(classes);
    }
  }

  @ArchTest
  static final ArchRule timeAndChanceArePassedIn =
      noClasses()
          .that(
              DescribedPredicate.not(
                  resideInAnyPackage(FACING_PEOPLE).or(insideA(simpleNameEndingWith("Clock")))))
          .should()
          .accessTargetWhere(
              DescribedPredicate.describe(
                  "the target is a wall clock or unseeded chance", BoundariesTest::isUnasked))
          .allowEmptyShould(true)
          .because(
              "the model is a function of the log; a type named Clock may read the clock and is injected");

  private static GivenClassesConjunction nothingIn(String... packages) {
    return noClasses().that().resideInAnyPackage(packages);
  }

  private static String family(String name) {
    return "io.freshet.(scoring|learning)." + name + "..";
  }

  /** A class that satisfies {@code predicate}, or is nested in one that does. */
  private static DescribedPredicate<JavaClass> insideA(DescribedPredicate<JavaClass> predicate) {
    return DescribedPredicate.describe(
        "inside a type with " + predicate.getDescription(),
        (JavaClass inner) -> {
          for (var c = Optional.of(inner); c.isPresent(); c = c.get().getEnclosingClass()) {
            if (predicate.test(c.get())) {
              return true;
            }
          }
          return false;
        });
  }

  private static boolean sendsToDevice(JavaAccess<?> access) {
    JavaClass owner = access.getTargetOwner();
    if (owner.isAssignableTo("ai.djl.ndarray.NDManager")) {
      return true;
    }
    String arguments = access.getTarget().getFullName().replaceAll("^[^(]*", "");
    return owner.getPackageName().startsWith("ai.djl") && arguments.contains("java.lang.Number");
  }

  private static boolean isUnasked(JavaAccess<?> access) {
    JavaClass owner = access.getTargetOwner();
    String name = access.getName();
    if (owner.isEquivalentTo(System.class)) {
      return name.equals("currentTimeMillis") || name.equals("nanoTime");
    }
    if (owner.isEquivalentTo(Math.class) || owner.isEquivalentTo(StrictMath.class)) {
      return name.equals("random");
    }
    if (owner.getPackageName().equals("java.time")) {
      return name.equals("now") || owner.isAssignableTo(Clock.class) && name.startsWith("system");
    }
    if (owner.isEquivalentTo(Random.class) || owner.isEquivalentTo(SplittableRandom.class)) {
      return name.equals("<init>") && access.getTarget().getFullName().endsWith("()");
    }
    return owner.isEquivalentTo(ThreadLocalRandom.class);
  }
}
