package io.freshet.serving;

import java.lang.reflect.Array;
import java.lang.reflect.Field;
import java.lang.reflect.InaccessibleObjectException;
import java.lang.reflect.Modifier;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.Set;

/** How much memory is held by what can be reached from some objects. */
final class Retained {

  private static final int OBJECT_BYTES = 16;

  private Retained() {}

  /** Bytes, roughly: headers, references and the elements of arrays. */
  static long bytes(Object... roots) {
    Set<Object> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    Deque<Object> left = new ArrayDeque<>();
    for (Object root : roots) {
      left.push(root);
      seen.add(root);
    }
    long bytes = 0;
    while (!left.isEmpty()) {
      Object next = left.pop();
      Class<?> type = next.getClass();
      bytes += OBJECT_BYTES;
      if (type.isArray()) {
        int length = Array.getLength(next);
        bytes += (long) length * Long.BYTES;
        for (int i = 0; i < length && !type.getComponentType().isPrimitive(); i++) {
          visit(Array.get(next, i), seen, left);
        }
        continue;
      }
      for (Class<?> declared = type; declared != null; declared = declared.getSuperclass()) {
        for (Field field : declared.getDeclaredFields()) {
          bytes += Modifier.isStatic(field.getModifiers()) ? 0 : Long.BYTES;
          follow(next, field, seen, left);
        }
      }
    }
    return bytes;
  }

  private static void follow(Object object, Field field, Set<Object> seen, Deque<Object> left) {
    if (Modifier.isStatic(field.getModifiers()) || field.getType().isPrimitive()) {
      return;
    }
    try {
      field.setAccessible(true);
      visit(field.get(object), seen, left);
    } catch (InaccessibleObjectException e) {
      // What the JDK keeps to itself holds nothing of ours.
    } catch (IllegalAccessException e) {
      throw new AssertionError(e);
    }
  }

  private static void visit(Object value, Set<Object> seen, Deque<Object> left) {
    boolean shared =
        value == null
            || value instanceof Class<?>
            || value instanceof ClassLoader
            || value instanceof Thread
            || value instanceof java.lang.ref.Reference<?>;
    if (!shared && seen.add(value)) {
      left.push(value);
    }
  }
}
