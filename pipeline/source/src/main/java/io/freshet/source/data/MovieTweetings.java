package io.freshet.source.data;

import io.freshet.schema.event.ClickEvent;
import io.freshet.schema.event.Event;
import io.freshet.schema.event.ImpressionEvent;
import io.freshet.schema.event.ItemEvent;
import io.freshet.source.InvalidSource;
import io.freshet.source.Source;
import io.freshet.source.SourceArgument;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * MovieTweetings (Dooms, De Pessemier, Martens 2013): movie ratings from Twitter. A rating is an
 * impression; one of {@value #CLICK_FROM} and up is also a click, a second later. A movie enters
 * the catalogue a millisecond before its first rating.
 */
public final class MovieTweetings implements Source {

  private static final int CLICK_FROM = 8;
  private static final long CLICK_DELAY_MS = 1_000;
  private static final long MOVIE_LEAD_MS = 1;
  private static final Pattern TITLE = Pattern.compile("(.*) \\((\\d{4})\\)");

  private final List<Rating> ratings;
  private final Map<String, Movie> movies;
  private final long size;

  /**
   * @param time milliseconds
   */
  private record Rating(String user, String movie, int stars, long time, int line) {}

  private record Movie(String title, Map<String, Object> attributes) {}

  private MovieTweetings(List<Rating> ratings, Map<String, Movie> movies) {
    this.ratings = ratings;
    this.movies = movies;
    Set<String> rated = new HashSet<>();
    long clicks = 0;
    for (Rating rating : ratings) {
      rated.add(rating.movie);
      clicks += rating.stars >= CLICK_FROM ? 1 : 0;
    }
    this.size = ratings.size() + clicks + rated.size();
  }

  /**
   * @param seed unused: nothing is drawn
   */
  public static Source open(SourceArgument argument, long seed) {
    argument.allow(Set.of());
    Map<String, Movie> movies = movies(argument.file("movies.dat.xz"));
    return new MovieTweetings(ratings(argument.file("ratings.dat.xz"), movies.keySet()), movies);
  }

  private static Map<String, Movie> movies(Path file) {
    Map<String, Movie> movies = new HashMap<>();
    readFields(
        file,
        "movie::title (year)::genre|genre",
        3,
        (fields, line) -> {
          Map<String, Object> attributes = new LinkedHashMap<>();
          Matcher title = TITLE.matcher(fields[1]);
          boolean dated = title.matches();
          if (dated) {
            attributes.put("year", Double.valueOf(title.group(2)));
          }
          if (!fields[2].isEmpty()) {
            List<String> genres = List.of(fields[2].split("\\|"));
            attributes.put("category", genres.get(0));
            attributes.put("genres", genres);
          }
          movies.put(
              fields[0], new Movie(dated ? title.group(1) : fields[1], Map.copyOf(attributes)));
        });
    return movies;
  }

  private static List<Rating> ratings(Path file, Set<String> movies) {
    List<Rating> ratings = new ArrayList<>();
    readFields(
        file,
        "user::movie::rating::seconds",
        4,
        (fields, line) -> {
          if (!movies.contains(fields[1])) {
            throw new IllegalArgumentException("a movie of movies.dat.xz, came " + fields[1]);
          }
          ratings.add(
              new Rating(
                  fields[0],
                  fields[1],
                  Integer.parseInt(fields[2]),
                  1_000 * Long.parseLong(fields[3]),
                  line));
        });
    ratings.sort(Comparator.comparingLong(Rating::time).thenComparingInt(Rating::line));
    return ratings;
  }

  private static void readFields(Path file, String format, int count, Row row) {
    int line = 0;
    try (BufferedReader reader = XzText.open(file)) {
      for (String text = reader.readLine(); text != null; text = reader.readLine()) {
        line++;
        String[] fields = text.split("::", -1);
        if (fields.length != count) {
          throw new IllegalArgumentException(count + " fields, came " + fields.length);
        }
        row.read(fields, line);
      }
    } catch (IOException e) {
      throw new InvalidSource(
          file + " cannot be read after line " + line + ": " + e.getMessage(), e);
    } catch (InvalidSource e) {
      throw e;
    } catch (IllegalArgumentException e) {
      throw new InvalidSource(
          file + " line " + line + " must be " + format + ": " + e.getMessage(), e);
    }
    if (line == 0) {
      throw new InvalidSource(file + " must hold lines " + format + ", it holds none");
    }
  }

  /** Takes one line's fields. */
  private interface Row {
    void read(String[] fields, int line);
  }

  @Override
  public String name() {
    return "movietweetings";
  }

  @Override
  public String labels() {
    return "real ratings, clicks constructed from 8 and up";
  }

  @Override
  public StreamDefaults defaults() {
    return new StreamDefaults(100, 5_000, 30L * 86_400_000);
  }

  @Override
  public OptionalLong size() {
    return OptionalLong.of(size);
  }

  @Override
  public Iterator<Event> from(long index) {
    return new Events(index);
  }

  /**
   * Merges impressions with the clicks of a second ago; all impressions of a time come before its
   * clicks.
   */
  private final class Events extends EventBuffer {
    private final Set<String> known = new HashSet<>();
    private int nextShown;
    private int nextClick;
    private long announced = Long.MIN_VALUE;

    Events(long first) {
      super(first);
    }

    @Override
    boolean makeMore() {
      while (nextClick < ratings.size() && ratings.get(nextClick).stars < CLICK_FROM) {
        nextClick++;
      }
      if (nextShown == ratings.size() && nextClick == ratings.size()) {
        return false;
      }
      long clickTime =
          nextClick < ratings.size()
              ? ratings.get(nextClick).time + CLICK_DELAY_MS
              : Long.MAX_VALUE;
      if (nextShown < ratings.size() && ratings.get(nextShown).time <= clickTime) {
        Rating rating = ratings.get(nextShown);
        if (rating.time != announced) {
          announce(rating.time);
        }
        add(impression(rating));
        nextShown++;
      } else {
        add(click(ratings.get(nextClick++), clickTime));
      }
      return true;
    }

    /** Movies first rated at {@code time} come before all impressions of it. */
    private void announce(long time) {
      announced = time;
      for (int i = nextShown; i < ratings.size() && ratings.get(i).time == time; i++) {
        String id = ratings.get(i).movie;
        if (known.add(id)) {
          Movie movie = movies.get(id);
          if (movie == null) {
            throw new IllegalStateException("every rated movie was checked to be known: " + id);
          }
          add(
              new ItemEvent(
                  id, time - MOVIE_LEAD_MS, movie.attributes, movie.title, false, null, index()));
        }
      }
    }

    private Event impression(Rating rating) {
      return new ImpressionEvent(
          "r" + rating.line,
          rating.movie,
          rating.time,
          rating.user,
          0,
          null,
          Map.of(),
          null,
          null,
          null,
          null,
          index());
    }

    private Event click(Rating rating, long time) {
      return new ClickEvent(
          "r" + rating.line, rating.movie, rating.user, null, time, "click", 1.0, null, index());
    }
  }
}
