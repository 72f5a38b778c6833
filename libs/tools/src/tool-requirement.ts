/** Something that a tool cannot work without, such as a program. Checked before each call, so it may appear while the server runs. */
export abstract class ToolRequirement {
  /** What is missing and how to get it, or undefined when it is there. */
  abstract missing(): string | undefined;
}
