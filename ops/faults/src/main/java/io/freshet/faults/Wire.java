package io.freshet.faults;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;

/**
 * Passes connections on from one port of the loopback interface to another, as well or as badly as
 * it is told. Safe for many threads.
 */
final class Wire implements AutoCloseable {

  private static final int BUFFER_BYTES = 16 << 10;

  private final ServerSocket door;
  private final int target;
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
  private volatile boolean cut;
  private volatile boolean closed;
  private volatile long delayNanos;
  private volatile long bytesPerSecond = Long.MAX_VALUE;

  /**
   * @param target port of whatever is connected to
   */
  Wire(int target) {
    this.target = target;
    try {
      this.door = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException("a port must be free", e);
    }
    daemon("wire-" + target, this::accept);
  }

  /** Where to connect. */
  int port() {
    return door.getLocalPort();
  }

  /** Ends all connections, and every new one at once, until {@link #mend}. */
  void cut() {
    cut = true;
    sockets.forEach(Wire::end);
  }

  /** Holds back every piece of data for so long. */
  void delay(long millis) {
    delayNanos = millis * 1_000_000;
  }

  /** Lets so many bytes a second through, in each direction of each connection. */
  void throttle(long bytes) {
    bytesPerSecond = bytes;
  }

  /** As good as new. */
  void mend() {
    cut = false;
    delayNanos = 0;
    bytesPerSecond = Long.MAX_VALUE;
  }

  private void accept() {
    while (!closed) {
      try {
        Socket from = door.accept();
        if (cut) {
          end(from);
          continue;
        }
        connect(from);
      } catch (IOException e) {
        if (!closed) {
          throw new UncheckedIOException("connections must be taken at " + port(), e);
        }
      }
    }
  }

  private void connect(Socket from) {
    try {
      Socket to = new Socket(InetAddress.getLoopbackAddress(), target);
      sockets.add(from);
      sockets.add(to);
      daemon("wire-out", () -> pump(from, to));
      daemon("wire-in", () -> pump(to, from));
    } catch (IOException e) {
      // Nobody listens there: whoever connected sees what he would have seen without a wire.
      end(from);
    }
  }

  private void pump(Socket from, Socket to) {
    byte[] buffer = new byte[BUFFER_BYTES];
    try (InputStream in = from.getInputStream();
        OutputStream out = to.getOutputStream()) {
      for (int count = in.read(buffer); count >= 0 && !cut; count = in.read(buffer)) {
        hold(count);
        out.write(buffer, 0, count);
      }
    } catch (IOException e) {
      // One end is gone, so the other goes too.
      sockets.remove(from);
    } finally {
      end(from);
      end(to);
      sockets.remove(from);
      sockets.remove(to);
    }
  }

  private void hold(int bytes) {
    long rate = bytesPerSecond;
    long nanos = delayNanos + (rate == Long.MAX_VALUE ? 0 : bytes * 1_000_000_000L / rate);
    if (nanos > 0) {
      LockSupport.parkNanos(nanos);
    }
  }

  private static void end(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException("a socket must close", e);
    }
  }

  private static void daemon(String name, Runnable work) {
    Thread thread = new Thread(work, name);
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public void close() {
    closed = true;
    cut();
    try {
      door.close();
    } catch (IOException e) {
      throw new UncheckedIOException("a port must be given back", e);
    }
  }
}
