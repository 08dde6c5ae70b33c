package io.freshet.scoring.ctr;

import io.freshet.scoring.settings.ModelSettings.Activation;

/**
 * One hidden layer: act(W·x + b), and the names of its tensors.
 *
 * @param name {@code att.<history>.<i>} or {@code mlp.<i>}
 * @param in inputs
 * @param out outputs
 */
public record LayerSpec(String name, int in, int out, Activation activation) {

  /** [in, out]. */
  public String weight() {
    return name + ".W";
  }

  /** [out]. */
  public String bias() {
    return name + ".b";
  }

  /** [out], of PReLU and Dice. */
  public String alpha() {
    return name + ".alpha";
  }

  /** [out], of Dice: the running mean of what enters it. */
  public String mean() {
    return name + ".mean";
  }

  /** [out], of Dice: the running variance of what enters it. */
  public String variance() {
    return name + ".var";
  }
}
