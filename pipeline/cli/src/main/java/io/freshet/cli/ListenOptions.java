package io.freshet.cli;

import io.freshet.cli.http.WebServer;
import picocli.CommandLine.Option;

/** Where a command that serves HTTP listens. */
public final class ListenOptions {

  @Option(
      names = "--port",
      paramLabel = "P",
      defaultValue = "0",
      description = "Port to listen on, 0 for any free one (default: ${DEFAULT-VALUE}).")
  private int port;

  @Option(
      names = "--host",
      paramLabel = "HOST",
      defaultValue = "127.0.0.1",
      description = "Address to listen on, 0.0.0.0 for all (default: ${DEFAULT-VALUE}).")
  private String host;

  /**
   * @param threads that requests share
   * @param bodyBytes longest body of a request
   */
  WebServer.Door door(int threads, long bodyBytes) {
    if (port < 0 || port > 65_535) {
      throw new WrongUse("--port must be from 0 to 65535, got " + port);
    }
    return new WebServer.Door(host, port, threads, bodyBytes);
  }
}
