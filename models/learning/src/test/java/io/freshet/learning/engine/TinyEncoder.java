package io.freshet.learning.engine;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * Writes an encoder of a few words: a TorchScript file, which is a zip of the code, the pickled
 * module and its floats, and a tokenizer's JSON. A token's vector is its row plus the mean of the
 * text's rows; {@code [CLS]} and {@code [SEP]} stand around a text.
 */
public final class TinyEncoder {

  private static final String CODE =
      """
      class Encoder(Module):
        __parameters__ = ["weight", ]
        __buffers__ = []
        weight : Tensor
        training : bool
        def forward(self: __torch__.Encoder,
          ids: Tensor,
          mask: Tensor) -> Tensor:
          weight = self.weight
          x = torch.embedding(weight, ids)
          return torch.add(x, torch.mean(x, [1], True))
      """;

  private TinyEncoder() {}

  /**
   * @param rows by the ids of the vocabulary, all of one width
   */
  public static Path model(Path file, float[][] rows) throws IOException {
    int width = rows[0].length;
    ByteBuffer floats =
        ByteBuffer.allocate(Float.BYTES * rows.length * width).order(ByteOrder.LITTLE_ENDIAN);
    for (float[] row : rows) {
      for (float value : row) {
        floats.putFloat(value);
      }
    }
    try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
      store(zip, "data.pkl", pickle(rows.length, width));
      store(zip, "code/__torch__.py", CODE.getBytes(StandardCharsets.UTF_8));
      store(zip, "data/0", floats.array());
      store(zip, "constants.pkl", new byte[] {(byte) 0x80, 2, ')', '.'});
      store(zip, "version", "3\n".getBytes(StandardCharsets.UTF_8));
    }
    return file;
  }

  private static void store(ZipOutputStream zip, String name, byte[] bytes) throws IOException {
    CRC32 sum = new CRC32();
    sum.update(bytes);
    ZipEntry entry = new ZipEntry("encoder/" + name);
    entry.setMethod(ZipEntry.STORED);
    entry.setSize(bytes.length);
    entry.setCrc(sum.getValue());
    zip.putNextEntry(entry);
    zip.write(bytes);
    zip.closeEntry();
  }

  /** An Encoder with training=False and weight a tensor over the storage "0"; protocol 2. */
  private static byte[] pickle(int rows, int width) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(bytes);
    out.write(new byte[] {(byte) 0x80, 2});
    out.writeBytes("c__torch__\nEncoder\n)");
    out.write(0x81);
    out.writeBytes("}(");
    text(out, "training");
    out.write(0x89);
    text(out, "weight");
    out.writeBytes("ctorch._utils\n_rebuild_tensor_v2\n((");
    text(out, "storage");
    out.writeBytes("ctorch\nFloatStorage\n");
    text(out, "0");
    text(out, "cpu");
    number(out, rows * width);
    out.writeBytes("tQ");
    number(out, 0);
    out.writeBytes("(");
    number(out, rows);
    number(out, width);
    out.writeBytes("t(");
    number(out, width);
    number(out, 1);
    out.writeBytes("t");
    out.write(0x89);
    out.writeBytes("ccollections\nOrderedDict\n)RtRub.");
    return bytes.toByteArray();
  }

  private static void text(DataOutputStream out, String text) throws IOException {
    out.writeBytes("X");
    out.writeInt(Integer.reverseBytes(text.length()));
    out.writeBytes(text);
  }

  private static void number(DataOutputStream out, int number) throws IOException {
    out.writeBytes("J");
    out.writeInt(Integer.reverseBytes(number));
  }

  /**
   * @param entries by id; the first three must be {@code [UNK]}, {@code [CLS]} and {@code [SEP]}
   */
  public static Path tokenizer(Path file, List<String> entries) throws IOException {
    StringBuilder vocabulary = new StringBuilder();
    for (int id = 0; id < entries.size(); id++) {
      vocabulary.append(id == 0 ? "" : ",").append('"').append(entries.get(id)).append("\":");
      vocabulary.append(id);
    }
    return Files.writeString(
        file,
        """
        {"version":"1.0","truncation":null,"padding":null,"added_tokens":[],
         "normalizer":{"type":"Lowercase"},"pre_tokenizer":{"type":"Whitespace"},"decoder":null,
         "post_processor":{"type":"BertProcessing","sep":["[SEP]",2],"cls":["[CLS]",1]},
         "model":{"type":"WordPiece","unk_token":"[UNK]","continuing_subword_prefix":"##",
          "max_input_chars_per_word":100,"vocab":{%s}}}
        """
            .formatted(vocabulary));
  }
}
