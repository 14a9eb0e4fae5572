package dev.flatness.weights;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import net.razorvine.pickle.PickleException;
import net.razorvine.pickle.Unpickler;
import org.jspecify.annotations.Nullable;

/**
 * Reads the one kind of pickle that a state dictionary is: tensors, numbers, texts, lists, tuples
 * and dictionaries. Every other object is refused by its name, so nothing is ever called.
 */
final class TensorUnpickler extends Unpickler {
  private static final int LONGEST = 16 << 20;
  private static final int MOST_STEPS = 4_000_000;
  private static final int MOST_CONTAINERS = 1_000_000;
  private static final String STORAGE = "Storage";

  private int steps;
  private int containers;

  /** A name that a pickle may call. */
  private record Global(String name) {}

  /** Numbers that lie in the archive. */
  record Storage(String type, String key, long count) {}

  /** A view of a storage. */
  record View(Storage storage, long offset, List<Long> shape, List<Long> strides) {}

  /** Reads a pickle. */
  static Object read(byte[] pickle) {
    if (pickle.length > LONGEST) {
      throw Contents.refused(
          "its pickle has "
              + pickle.length
              + " bytes, expected at most "
              + LONGEST
              + "; save the state dictionary of the model alone");
    }
    try {
      return new TensorUnpickler().loads(pickle);
    } catch (IllegalArgumentException e) {
      throw e instanceof Known ? Contents.refused(String.valueOf(e.getMessage())) : damaged();
    } catch (IOException | RuntimeException | StackOverflowError e) {
      throw damaged();
    }
  }

  private static IllegalArgumentException damaged() {
    return Contents.refused("its pickle is damaged; copy or save it again");
  }

  /** A refusal in words, told from those of the library. */
  private static final class Known extends IllegalArgumentException {
    private static final long serialVersionUID = 1;

    Known(String message) {
      super(message);
    }
  }

  @Override
  protected Object dispatch(short key) throws PickleException, IOException {
    if (++steps > MOST_STEPS) {
      throw new Known(
          "its pickle takes more than "
              + MOST_STEPS
              + " steps; save the state dictionary of the model alone");
    }
    switch (key) {
      case '}':
      case ']':
        if (++containers > MOST_CONTAINERS) {
          throw new Known(
              "its pickle holds more than "
                  + MOST_CONTAINERS
                  + " lists and dictionaries; save the state dictionary of the model alone");
        }
        if (key == ']') {
          return super.dispatch(key);
        }
        stack.add(new LinkedHashMap<>());
        return NO_RETURN_VALUE;
      case 'X':
        requireBytes(4);
        return super.dispatch(key);
      case 0x8d:
        requireBytes(8);
        return super.dispatch(key);
      case 0x80: // the protocol
      case 0x95: // a frame
      case '(':
      case ')':
      case 't':
      case 0x85: // tuples of one, two and three
      case 0x86:
      case 0x87:
      case 'q':
      case 'r':
      case 'h':
      case 'j':
      case 0x94: // memoize
      case 0x8c: // a short text
      case 'K':
      case 'M':
      case 'J':
      case 0x8a: // a long of up to 255 bytes
      case 'G':
      case 'N':
      case 0x88: // true, false
      case 0x89:
      case 'a':
      case 'e':
      case '0':
      case '.':
        return super.dispatch(key);
      case 'c':
        stack.add(global(line(), line()));
        return NO_RETURN_VALUE;
      case 0x93:
        Object name = stack.pop();
        stack.add(global((String) stack.pop(), (String) name));
        return NO_RETURN_VALUE;
      case 'Q':
        stack.add(storage((Object[]) stack.pop()));
        return NO_RETURN_VALUE;
      case 'R':
        Object[] arguments = (Object[]) stack.pop();
        stack.add(call((Global) stack.pop(), arguments));
        return NO_RETURN_VALUE;
      case 'b':
        build();
        return NO_RETURN_VALUE;
      case 's':
        Object value = stack.pop();
        Object at = stack.pop();
        put(stack.peek(), List.of(new Item(at), new Item(value)));
        return NO_RETURN_VALUE;
      case 'u':
        List<Item> items = new ArrayList<>();
        stack.pop_all_since_marker().forEach(item -> items.add(new Item(item)));
        put(stack.peek(), items);
        return NO_RETURN_VALUE;
      default:
        throw new Known(
            "its pickle has the operation "
                + (key > ' ' && key < 127
                    ? "'" + (char) key + "'"
                    : "0x" + Integer.toHexString(key))
                + ", which state dictionaries do not need; save the state dictionary of the model"
                + " alone: torch.save(model.state_dict(), file)");
    }
  }

  /** An entry, which may be null. */
  private record Item(@Nullable Object value) {}

  private void requireBytes(int width) {
    ByteArrayInputStream in = (ByteArrayInputStream) input;
    in.mark(0);
    long length = 0;
    for (int i = 0; i < width; i++) {
      length |= (long) in.read() << 8 * i;
    }
    if (length < 0 || length > in.available()) {
      throw damaged();
    }
    in.reset();
  }

  private String line() throws IOException {
    StringBuilder line = new StringBuilder();
    for (int c = input.read(); c != '\n'; c = input.read()) {
      if (c < 0) {
        throw damaged();
      }
      line.append((char) c);
    }
    return line.toString();
  }

  private static Global global(String module, String name) {
    boolean known =
        module.equals("collections") && name.equals("OrderedDict")
            || module.equals("torch._utils") && name.equals("_rebuild_tensor_v2")
            || module.equals("torch._utils") && name.equals("_rebuild_parameter")
            || module.equals("torch") && name.endsWith(STORAGE);
    if (!known) {
      throw new Known(
          "it holds a Python object of "
              + Contents.quoted(module + "." + name)
              + ", expected tensors, numbers, texts, lists and dictionaries; save the state"
              + " dictionary of the model alone: torch.save(model.state_dict(), file)");
    }
    return new Global(name);
  }

  private static Storage storage(Object... id) {
    if (id.length != 5 || !"storage".equals(id[0])) {
      throw damaged();
    }
    String type = ((Global) id[1]).name;
    if (!type.endsWith(STORAGE)) {
      throw damaged();
    }
    return new Storage(
        type.substring(0, type.length() - STORAGE.length()), (String) id[2], number(id[4]));
  }

  private static Object call(Global function, Object... arguments) {
    switch (function.name) {
      case "OrderedDict":
        if (arguments.length > 0) {
          throw damaged();
        }
        return new LinkedHashMap<>();
      case "_rebuild_tensor_v2":
        return new View(
            (Storage) arguments[0],
            number(arguments[1]),
            numbers((Object[]) arguments[2]),
            numbers((Object[]) arguments[3]));
      case "_rebuild_parameter":
        return (View) arguments[0];
      default:
        throw damaged();
    }
  }

  private static List<Long> numbers(Object... values) {
    List<Long> numbers = new ArrayList<>();
    for (Object value : values) {
      numbers.add(number(value));
    }
    return numbers;
  }

  private static long number(Object value) {
    if (value instanceof Integer || value instanceof Long) {
      return ((Number) value).longValue();
    }
    throw new Known(
        "it has a tensor whose extent, stride or offset is no number below 2^63; the file is"
            + " damaged");
  }

  /** An ordered dictionary carries the versions of its modules along. */
  private void build() {
    stack.pop();
    if (!(stack.peek() instanceof Map)) {
      throw damaged();
    }
  }

  @SuppressWarnings("unchecked")
  private static void put(Object target, List<Item> items) {
    if (items.size() % 2 != 0) {
      throw damaged();
    }
    Map<@Nullable Object, @Nullable Object> map = (Map<Object, Object>) target;
    for (int i = 0; i < items.size(); i += 2) {
      Object key = items.get(i).value;
      // a list or tuple as a key could take forever to hash
      if (!(key == null
          || key instanceof String
          || key instanceof Integer
          || key instanceof Long
          || key instanceof Double
          || key instanceof Boolean)) {
        throw new Known("it has a dictionary whose keys are neither texts nor numbers");
      }
      map.put(key, items.get(i + 1).value);
    }
  }
}
