/** The environment of a program that runs in this very process. */

let before: Promise<unknown> = Promise.resolve();

/**
 * Runs `action` with `env` laid over this process' environment, and puts it back. One after the other: two inline
 * programs at a time would read each other's environment, and Pulumi's SDK keeps one program's state a process.
 */
export function withEnvironment<T>(env: Readonly<Record<string, string>>, action: () => Promise<T>): Promise<T> {
  const turn = before.then(async () => {
    const saved = Object.keys(env).map((name) => [name, process.env[name]] as const);
    Object.assign(process.env, env);
    try {
      return await action();
    } finally {
      for (const [name, value] of saved) {
        if (value === undefined) delete process.env[name];
        else process.env[name] = value;
      }
    }
  });
  before = turn.catch(() => {});
  return turn;
}
