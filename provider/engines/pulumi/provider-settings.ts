/** The settings of an explicit `Provider`, by their keys: `mongofed:baseUrl`. Pulumi keeps the inputs of a provider to itself. */
export type ProviderSettings = Readonly<Record<string, string | undefined>>;

const given = new WeakMap<object, ProviderSettings>();

export function noteSettings(provider: object, settings: ProviderSettings): void {
  given.set(provider, settings);
}

/** Empty for the provider that the stack configuration describes. */
export function settingsOf(provider: object | undefined): ProviderSettings {
  return (provider && given.get(provider)) ?? {};
}
