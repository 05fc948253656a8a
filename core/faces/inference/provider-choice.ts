/** `auto` takes the fastest that works; a name is tried alone. The processor stands behind all of them. */
export const providerChoices = ['auto', 'cpu', 'cuda', 'dml', 'coreml', 'webgpu'] as const
export type ProviderChoice = (typeof providerChoices)[number]
