/** Whether a word of a command line asks for help. */
export function isHelp(word: string): boolean {
  return word === '--help' || word === '-h';
}
