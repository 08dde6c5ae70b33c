package io.freshet.learning.colbert;

/** Which rows a batch reads, by the numbers that their gradients go by. */
interface Entries {

  int words();

  int word(long id);

  int weights();

  int weight(long id);

  int additions(int table);

  int addition(int table, long id);
}
