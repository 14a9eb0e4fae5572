package dev.flatness.internal.report.json;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import org.junit.jupiter.api.Test;

class JsonTest {
  @Test
  void integersKeepTheirDigits() throws IOException {
    for (String number :
        new String[] {"1234567890123456789", "-9223372036854775808", "7", "9007199254740993"}) {
      Json read = Json.parse(number);
      assertEquals(number, read.toString());
      assertTrue(read.isNumber());
      assertEquals(Double.parseDouble(number), read.number());
    }
  }

  @Test
  void otherNumbersAreDoubles() throws IOException {
    assertEquals("3", Json.parse("3.0").toString());
    assertEquals(0.1, Json.parse("0.1").number());
    assertEquals(1e30, Json.parse("1000000000000000000000000000000").number());
  }
}
