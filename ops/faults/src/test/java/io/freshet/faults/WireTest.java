package io.freshet.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import org.junit.jupiter.api.Test;

class WireTest {

  @Test
  void aWirePassesBytesOnUntilItIsCutAndAgainWhenItIsMended() throws IOException {
    try (ServerSocket server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
        Wire wire = new Wire(server.getLocalPort())) {
      try (Socket client = new Socket(InetAddress.getLoopbackAddress(), wire.port());
          Socket served = server.accept()) {
        assertThat(echoed(client, served)).isEqualTo(42);
        wire.cut();
        assertThat(ended(client)).isTrue();
      }
      wire.mend();
      try (Socket client = new Socket(InetAddress.getLoopbackAddress(), wire.port());
          Socket served = server.accept()) {
        assertThat(echoed(client, served)).isEqualTo(42);
      }
    }
  }

  private static int echoed(Socket client, Socket served) throws IOException {
    client.getOutputStream().write(41);
    served.getOutputStream().write(served.getInputStream().read() + 1);
    return client.getInputStream().read();
  }

  private static boolean ended(Socket client) throws IOException {
    try {
      return client.getInputStream().read() < 0;
    } catch (SocketException e) {
      return true;
    }
  }
}
