/** Characters that no shell interprets. */
const PLAIN = /^[\w@%+=:,./-]+$/;

/** A command line for a POSIX shell: each word quoted where it must be, so that the shell hands it on unchanged. */
export function commandLine(words: readonly string[]): string {
  return words.map((word) => (PLAIN.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`)).join(" ");
}
