/** A command could not do what was asked; the message is for a person, the code for a script. */
export class CommandFailure extends Error {
  constructor(
    message: string,
    readonly exit_code: number,
  ) {
    super(message);
    this.name = 'CommandFailure';
  }
}
