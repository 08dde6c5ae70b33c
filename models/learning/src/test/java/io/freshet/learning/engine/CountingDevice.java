package io.freshet.learning.engine;

import ai.djl.Device;
import ai.djl.pytorch.engine.PtNDArray;
import io.freshet.scoring.ctr.CtrShape;

/** The processor behind the bus of a device: does all that a device would, and counts the trips. */
final class CountingDevice extends DjlTransfer {

  private int sent;
  private int received;
  private long floatsSent;
  private long floatsReceived;

  CountingDevice() {
    super(DjlRuntime.start(), Device.cpu());
  }

  CtrMath math(CtrShape shape) {
    return new DeviceCtrMath(shape, this, "counting");
  }

  @Override
  PtNDArray send(Cargo cargo) {
    sent++;
    floatsSent += cargo.size();
    return super.send(cargo);
  }

  @Override
  float[] receive(PtNDArray array) {
    received++;
    floatsReceived += array.size();
    return super.receive(array);
  }

  /** Arrays that went there. */
  int sent() {
    return sent;
  }

  /** Arrays that came back. */
  int received() {
    return received;
  }

  long floatsSent() {
    return floatsSent;
  }

  long floatsReceived() {
    return floatsReceived;
  }
}
