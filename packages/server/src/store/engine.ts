/** The two engines; nothing outside `store/` asks which one it is. */
export type Engine = 'sqlite' | 'postgres'
